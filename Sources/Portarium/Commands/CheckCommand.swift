import ArgumentParser
import FoundationEssentials

/// `portarium check`
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say what is wrong with a configuration file.",
        discussion: """
            Reads the file as 'serve' would and names every fault with its place, as FILE:LINE:COLUMN: message. \
            Ends with 0 where there is none, with 2 where there is one.

            EXAMPLE
              $ portarium check portarium.yaml
              portarium.yaml:3:15: server.listenPort must be 0 to 65535, not 99999
            """)

    /// No configuration file is larger.
    static let fileBytesMax = 1_048_576

    @Argument(help: ArgumentHelp("The YAML file; - is the standard input.", valueName: "file"))
    var file: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    @Flag(help: ArgumentHelp("Print every setting as Markdown.", visibility: .hidden))
    var printKeys = false

    func validate() throws {
        guard self.printKeys || self.file != nil else { throw ValidationError("Missing expected argument '<file>'.") }
    }

    func run() async throws {
        let terminal = Terminal.current
        guard let file else { return try terminal.print(ConfigurationReference.markdown()) }
        let check = ConfigurationCheck(try FileContents.read(file, bytesMax: Self.fileBytesMax))
        if self.json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let report = Report(file: file, ok: check.issues.isEmpty, errors: check.issues)
            try terminal.print(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else if check.issues.isEmpty {
            try terminal.print("\(file): good, \(check.marks.count) setting(s)")
        } else {
            for issue in check.issues { try terminal.print(TerminalText.safe(issue.text(file: file))) }
        }
        if !check.issues.isEmpty { throw CommandFailure(.usage, "") }
    }

    /// The `--json` answer.
    private struct Report: Encodable {
        var file: String
        var ok: Bool
        var errors: [ConfigurationIssue]
    }
}
