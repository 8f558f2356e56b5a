import Synchronization

@testable import Portarium

/// A terminal that remembers what was written to it.
final class CapturedTerminal: Sendable {
    private let out = Mutex<[UInt8]>([])
    private let err = Mutex<[UInt8]>([])

    var output: String { self.out.withLock { String(decoding: $0, as: UTF8.self) } }
    var errors: String { self.err.withLock { String(decoding: $0, as: UTF8.self) } }
    var lines: [String] { self.output.split(separator: "\n").map(String.init) }

    /// Runs a whole command line and gives its exit status. No variable of the test's own environment is seen.
    func run(
        _ arguments: [String], environment: [String: String] = [:], inputDescriptor: Int32 = -1,
        isInputInteractive: Bool = true, isErrorInteractive: Bool = false, outputLinesMax: Int = .max
    ) async -> ExitStatus {
        let terminal = self.makeTerminal(
            environment: environment, inputDescriptor: inputDescriptor, isInputInteractive: isInputInteractive,
            isErrorInteractive: isErrorInteractive, outputLinesMax: outputLinesMax)
        return await Terminal.$current.withValue(terminal) { await PortariumCommand.execute(arguments) }
    }

    /// What a command writes to.
    var terminal: Terminal { self.makeTerminal() }

    private func makeTerminal(
        environment: [String: String] = [:], inputDescriptor: Int32 = -1, isInputInteractive: Bool = true,
        isErrorInteractive: Bool = false, outputLinesMax: Int = .max
    ) -> Terminal {
        Terminal(
            environment: environment, inputDescriptor: inputDescriptor, isInputInteractive: isInputInteractive,
            isOutputInteractive: false,
            isErrorInteractive: isErrorInteractive, columns: nil,
            writeOutput: { bytes throws(Terminal.OutputClosed) in
                let isOpen = self.out.withLock { collected in
                    guard collected.count(where: { $0 == UInt8(ascii: "\n") }) < outputLinesMax else { return false }
                    collected += bytes
                    return true
                }
                guard isOpen else { throw Terminal.OutputClosed() }
            },
            writeError: { bytes in self.err.withLock { $0 += bytes } })
    }
}
