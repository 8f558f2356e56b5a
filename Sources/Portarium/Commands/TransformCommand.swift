import ArgumentParser
import CloudEvents
import NIOCore
import Transforms

/// `portarium transform`
struct TransformCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transform",
        abstract: "Try transforms without a router.",
        discussion: """
            EXAMPLE
              portarium transform eval --event event.json transform.json
            """,
        subcommands: [Evaluate.self])

    /// The text of a transform in a file.
    /// - Throws: ``CommandFailure`` with ``ExitStatus/usage`` where it is none.
    static func text(file: String) throws -> String {
        let bytes = try FileContents.read(file, bytesMax: Evaluate.bytesMax)
        _ = try Evaluate.transform(bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `portarium transform eval`
    struct Evaluate: AsyncParsableCommand {
        /// No event, and no transform, is larger.
        fileprivate static let bytesMax = 16 * 1_048_576

        static let configuration = CommandConfiguration(
            commandName: "eval", abstract: "Apply a transform to one event.",
            discussion: """
                TRANSFORM is a file with the config.transform of a subscription: an array of steps. The event that \
                comes of it is printed in structured mode. Ends with 0 where it could be applied, with 1 where it \
                could not: a router would make the event a dead letter. Ends with 2 where it is no transform.

                EXAMPLE
                  portarium transform eval --event event.json transform.json
                """)

        @Option(help: ArgumentHelp("A file with a structured event; - is stdin.", valueName: "file"))
        var event: String

        @Argument(help: ArgumentHelp("A file with the transform; - is stdin.", valueName: "transform"))
        var transform: String

        func run() async throws {
            let terminal = Terminal.current
            let transform = try Self.transform(try FileContents.read(self.transform, bytesMax: Self.bytesMax))
            let event = try FilterEvaluation.event(try FileContents.read(self.event, bytesMax: Self.bytesMax))
            var json = ByteBuffer()
            do throws(TransformFault) {
                JSONEventFormat.encode(try transform.applied(to: event, limits: .widest), into: &json)
            } catch {
                throw CommandFailure(.failed, TerminalText.safe("the transform cannot be applied: \(error)"))
            }
            try terminal.print(String(buffer: json))
        }

        fileprivate static func transform(_ bytes: [UInt8]) throws -> EventTransform {
            do throws(TransformFault) {
                return try EventTransform(text: String(decoding: bytes, as: UTF8.self))
            } catch {
                throw CommandFailure(.usage, TerminalText.safe("this is no transform: \(error)"))
            }
        }
    }
}
