import ArgumentParser
import EventTypes
import JSONSchema
import NIOCore

extension EventTypeMode: ExpressibleByArgument {}
extension SchemaCompatibility: ExpressibleByArgument {}

extension EventTypesCommand {
    /// What a type is set to, from options: what is given is set.
    struct Settings: ParsableArguments {
        @Option(help: ArgumentHelp("off, warn or enforce. (default of a new type: warn)", valueName: "mode"))
        var mode: EventTypeMode?

        @Option(
            help: ArgumentHelp(
                "How versions may differ: none, backward, forward or full. (default of a new type: backward)",
                valueName: "compatibility"))
        var compatibility: SchemaCompatibility?

        var members: [String: JSONValue] {
            var members: [String: JSONValue] = [:]
            if let mode { members["mode"] = .string(mode.rawValue) }
            if let compatibility { members["compatibility"] = .string(compatibility.rawValue) }
            return members
        }
    }

    /// A registration whose schema is the text of a file as it is: its numbers keep all their digits.
    static func registration(
        of type: String, file: String, _ settings: Settings
    ) throws -> RouterRequest {
        let bytes = try FileContents.read(file, bytesMax: 1_048_576)
        guard JSONValue(parsing: bytes) != nil else {
            throw CommandFailure(.usage, TerminalText.safe("'\(file)' is not JSON"))
        }
        var request = RouterRequest.post("/v1/event-types", .object(["type": .string(type)]))
        var members = [#""type":\#(JSONValue.string(type).serialized())"#]
        members += settings.members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value.serialized())" }
        members.append("\"schema\":" + String(decoding: bytes, as: UTF8.self))
        request.body = .init(string: "{\(members.joined(separator: ","))}")
        return request
    }

    struct Register: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "register", abstract: "Register a type, or the next version of its schema.",
            discussion: """
                The schema must be compatible with the latest version. The same schema once more is no new version.

                EXAMPLE
                  portarium event-types register --type com.example.order.Created.v1 \\
                    --schema order.json --mode enforce --compatibility full
                """)

        @Option(help: ArgumentHelp("The attribute type of the events.", valueName: "type"))
        var type: String

        @Option(help: ArgumentHelp("The schema; - is the standard input.", valueName: "file"))
        var schema: String

        @OptionGroup(title: "The type") var settings: Settings
        @OptionGroup(title: "The router") var server: ServerOptions

        func run() async throws {
            try await self.server.call(
                EventTypesCommand.registration(of: self.type, file: self.schema, self.settings),
                human: EventTypesCommand.show)
        }
    }

    struct Update: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "update", abstract: "Change what a type is set to.",
            discussion: "EXAMPLE\n  portarium event-types update com.example.order.Created.v1 --mode off")

        @Argument(help: "The type.") var type: String
        @OptionGroup(title: "The type") var settings: Settings
        @OptionGroup(title: "The router") var server: ServerOptions

        func validate() throws {
            guard !self.settings.members.isEmpty else {
                throw ValidationError("There is nothing to change: give --mode or --compatibility.")
            }
        }

        func run() async throws {
            try await self.server.call(
                .put(EventTypesCommand.path(self.type), .object(self.settings.members)), human: EventTypesCommand.show)
        }
    }
}
