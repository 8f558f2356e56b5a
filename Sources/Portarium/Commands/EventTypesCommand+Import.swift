import ArgumentParser

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension EventTypesCommand {
    /// `portarium event-types import`
    struct Import: AsyncParsableCommand {
        private static let suffix = ".json"

        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Register the schemas of files and directories.",
            discussion: """
                The type is the name of the file without .json. What is registered already stays as it is; a schema \
                that is refused does not keep the others out, and the command ends with 4.

                EXAMPLE
                  portarium event-types import schemas/events --mode enforce
                """)

        @Argument(help: ArgumentHelp("A schema, or a directory with schemas.", valueName: "path"))
        var paths: [String]

        @OptionGroup(title: "The types") var settings: Settings
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            let files = try Self.files(self.paths)
            try await self.server.withClient { client, terminal in
                var (answers, refusals): ([JSONValue], [String]) = ([], [])
                for (type, file) in files {
                    let answer = try await client.send(
                        EventTypesCommand.registration(of: type, file: file, self.settings))
                    let isRegistered = answer.isSuccess
                    if !isRegistered {
                        let problem = Problem(status: answer.status, body: answer.body)
                        // What is wrong with the caller is wrong with all of them.
                        if [401, 403, 404, 429].contains(answer.status) { throw problem }
                        refusals.append(TerminalText.safe("\(file): \(problem.failure.message)"))
                    }
                    if self.server.json { answers.append(answer.json) }
                    if isRegistered, !self.server.json {
                        let word = answer.status == 201 ? "registered" : "unchanged"
                        let version = answer.json["version"]?.plain ?? "?"
                        try terminal.print(TerminalText.safe("\(word) \(type), version \(version)"))
                    }
                }
                if self.server.json { try terminal.print(JSONValue.object(["items": .array(answers)]).serialized()) }
                guard refusals.isEmpty else {
                    throw CommandFailure(
                        refusals.count == files.count ? .failed : .partlyDone,
                        "\(refusals.count) of \(files.count) schemas are not registered", details: refusals)
                }
            }
        }

        /// Types and the files of their schemas, by type.
        /// - Throws: ``CommandFailure`` where something cannot be read, or two files are of one type.
        static func files(_ paths: [String]) throws -> [(type: String, file: String)] {
            var files: [String: String] = [:]
            for path in paths {
                for file in try self.files(at: path) {
                    let name = file.split(separator: "/").last.map(String.init) ?? file
                    guard name.hasSuffix(self.suffix), name.utf8.count > self.suffix.utf8.count else {
                        throw CommandFailure(
                            .usage, TerminalText.safe("'\(file)' must be named after its event type: TYPE.json"))
                    }
                    let type = String(name.dropLast(self.suffix.count))
                    if let other = files.updateValue(file, forKey: type), other != file {
                        throw CommandFailure(
                            .usage, TerminalText.safe("'\(file)' and '\(other)' are of one event type: give one"))
                    }
                }
            }
            guard !files.isEmpty else { throw CommandFailure(.usage, "there is no schema: no file ends with .json") }
            return files.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }

        private static func files(at path: String) throws -> [String] {
            var isDirectory = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
                throw CommandFailure(.usage, TerminalText.safe("'\(path)' is not there"))
            }
            guard isDirectory else { return [path] }
            do {
                return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
                    .filter { $0.hasSuffix(self.suffix) }.map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
            } catch {
                throw CommandFailure(.usage, TerminalText.safe("the directory '\(path)' cannot be read"))
            }
        }
    }
}
