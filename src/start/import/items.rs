//! Items as every reader gives them.

/// A part of a checklist under a heading.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct ImportedSection {
    pub(crate) title: String,
    /// Of its heading; 0 for the whole.
    pub(crate) level: u8,
    pub(crate) notes: Vec<String>,
    /// Code below the heading that is something to run, until it is known whether the heading is a step by itself.
    pub(crate) by_hand: Vec<String>,
    pub(crate) parts: Vec<SectionPart>,
}

/// What a section is made of, in order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SectionPart {
    Section(ImportedSection),
    Item(Item),
}

/// One line of a checklist.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Item {
    /// Whether it is to be ticked; else it only holds others.
    pub(crate) is_box: bool,
    pub(crate) text: MarkedText,
    pub(crate) notes: Vec<String>,
    pub(crate) by_hand: Vec<String>,
    pub(crate) inside: Vec<Item>,
    /// It stood in a comment.
    pub(crate) commented: bool,
    /// From a column of a sheet.
    pub(crate) owner: Option<String>,
    /// From a column of a sheet.
    pub(crate) due: Option<String>,
}

/// A line of text, and what is marked in it.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct MarkedText {
    /// As it is read.
    pub(crate) plain: String,
    pub(crate) codes: Vec<String>,
    /// Text and address.
    pub(crate) links: Vec<(String, String)>,
    /// What is set apart by `_` or `*`.
    pub(crate) stressed: Vec<String>,
    /// All of it is struck through.
    pub(crate) struck: bool,
    /// What stood in comments.
    pub(crate) comments: Vec<String>,
}

impl ImportedSection {
    /// Whether nothing in it is to be ticked.
    pub(crate) fn is_empty(&self) -> bool {
        !self.parts.iter().any(|part| match part {
            SectionPart::Section(section) => !section.is_empty(),
            SectionPart::Item(item) => item.has_boxes(),
        })
    }
}

impl Item {
    /// Whether it or something in it is to be ticked.
    pub(crate) fn has_boxes(&self) -> bool {
        self.is_box || self.inside.iter().any(Self::has_boxes)
    }
}
