# Filled in by .ci/formula when a release is made.
class Gonogo < Formula
  desc "Release-readiness cockpit for the terminal: one live GO / HOLD / NO-GO"
  homepage "https://github.com/@REPOSITORY@"
  version "@VERSION@"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "https://github.com/@REPOSITORY@/releases/download/v@VERSION@/gonogo-aarch64-apple-darwin.tar.gz"
      sha256 "@SHA256:aarch64-apple-darwin@"
    end
    on_intel do
      url "https://github.com/@REPOSITORY@/releases/download/v@VERSION@/gonogo-x86_64-apple-darwin.tar.gz"
      sha256 "@SHA256:x86_64-apple-darwin@"
    end
  end

  on_linux do
    on_arm do
      url "https://github.com/@REPOSITORY@/releases/download/v@VERSION@/gonogo-aarch64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:aarch64-unknown-linux-musl@"
    end
    on_intel do
      url "https://github.com/@REPOSITORY@/releases/download/v@VERSION@/gonogo-x86_64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:x86_64-unknown-linux-musl@"
    end
  end

  def install
    bin.install "gonogo"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/gonogo.bash" => "gonogo"
    zsh_completion.install "completions/_gonogo"
    fish_completion.install "completions/gonogo.fish"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/gonogo --version")
    # The bundled day: an answer, whatever it says.
    system bin/"gonogo", "report", "--demo"
  end
end
