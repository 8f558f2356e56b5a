import ArgumentParser
import CloudEvents
import JSONSchema

extension EventTypesCommand {
    /// `portarium event-types check`
    struct Check: AsyncParsableCommand {
        private static let schemaBytesMax = 1_048_576
        private static let dataBytesMax = 32 * 1_048_576

        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Tell whether data fit a JSON Schema, or a schema fits an older one.",
            discussion: """
                Data are JSON on the standard input. With --against no data are read: whether a registry that has \
                the older schema would take the new one is told instead. No router is needed.

                Schemas are of JSON Schema 2020-12. Patterns match in linear time, so that lookaround and \
                backreferences are refused; addresses are never fetched, --reference gives what a schema refers to. \
                Prints valid, or each place that is wrong and why; ends with 0, 1, or 2 where the schema is none.

                EXAMPLE
                  portarium event-types check --schema order.json \\
                    --reference address.json < data.json
                  portarium event-types check --schema new.json --against old.json
                """)

        @Option(help: ArgumentHelp("The schema.", valueName: "file"))
        var schema: String

        @Option(help: ArgumentHelp("A schema with an $id that it refers to; may be repeated.", valueName: "file"))
        var reference: [String] = []

        @Option(help: ArgumentHelp("The older schema that it is compared with.", valueName: "file"))
        var against: String?

        @Option(
            help: ArgumentHelp("backward, forward or full. (default: backward)", valueName: "compatibility"))
        var compatibility: SchemaCompatibility?

        @Flag(help: "Take a wrong 'format' for a fault; it is a remark otherwise.")
        var formats = false

        @Flag(help: "Print one JSON object.")
        var json = false

        func validate() throws {
            guard self.against != nil || self.compatibility == nil else {
                throw ValidationError("--compatibility needs --against: the schema to compare with.")
            }
        }

        func run() async throws {
            let schema = try self.readSchema(self.schema, "--schema")
            if let against { return try self.compare(schema, with: self.readSchema(against, "--against")) }
            let data = try Self.node("-", "the standard input", bytesMax: Self.dataBytesMax)
            let violations = schema.violations(in: data)
            try Terminal.current.print(self.json ? Self.json(violations) : Self.text(violations))
            if !violations.isEmpty { throw CommandFailure(.failed, "") }
        }

        private func compare(_ new: JSONSchema, with old: JSONSchema) throws {
            let conflicts = (self.compatibility ?? .backward).conflicts(old: old, new: new)
            let text: String
            if self.json {
                let errors = conflicts.map { conflict in
                    JSONValue.object([
                        "pointer": .string(conflict.pointer), "detail": .string(conflict.detail),
                        "direction": .string(conflict.direction.rawValue),
                    ])
                }
                text = JSONValue.object(["compatible": .boolean(errors.isEmpty), "errors": .array(errors)]).serialized()
            } else if conflicts.isEmpty {
                text = "compatible"
            } else {
                text = conflicts.map { conflict in
                    let place = conflict.pointer.isEmpty ? "the schema" : conflict.pointer
                    return TerminalText.safe("\(place): \(conflict.detail)")
                }.joined(separator: "\n")
            }
            try Terminal.current.print(text)
            if !conflicts.isEmpty { throw CommandFailure(.failed, "") }
        }

        private func readSchema(_ path: String, _ option: String) throws -> JSONSchema {
            var library = SchemaLibrary()
            for path in self.reference {
                let document = try Self.node(path, "--reference '\(path)'", bytesMax: Self.schemaBytesMax)
                guard let id = document["$id"]?.text else {
                    throw CommandFailure(.usage, "--reference '\(path)' has no $id by which a schema could refer to it")
                }
                library.add(document, at: id)
            }
            let document = try Self.node(path, "\(option) '\(path)'", bytesMax: Self.schemaBytesMax)
            do throws(SchemaFault) {
                return try JSONSchema(document, library: library, formats: self.formats ? .asserted : .annotated)
            } catch {
                throw CommandFailure(.usage, TerminalText.safe("\(option) '\(path)': \(error)"))
            }
        }

        private static func node(_ path: String, _ name: String, bytesMax: Int) throws -> JSONNode {
            let bytes = try FileContents.read(path, bytesMax: bytesMax)
            do {
                return try bytes.withUnsafeBytes { try JSONNode($0) }
            } catch let error as CloudEventError {
                throw CommandFailure(
                    .usage, TerminalText.safe("\(name) is not JSON: \(error.reason) at byte \(error.byteOffset ?? 0)"))
            }
        }

        private static func text(_ violations: [SchemaViolation]) -> String {
            guard !violations.isEmpty else { return "valid" }
            return violations.map { violation in
                let place = violation.pointer.isEmpty ? "the data" : violation.pointer
                return TerminalText.safe("\(place): \(violation.detail) (\(violation.schemaPointer))")
            }.joined(separator: "\n")
        }

        private static func json(_ violations: [SchemaViolation]) -> String {
            let errors = violations.map { violation in
                JSONValue.object([
                    "pointer": .string(violation.pointer), "detail": .string(violation.detail),
                    "schemaPointer": .string(violation.schemaPointer),
                ])
            }
            return JSONValue.object(["valid": .boolean(errors.isEmpty), "errors": .array(errors)]).serialized()
        }
    }
}
