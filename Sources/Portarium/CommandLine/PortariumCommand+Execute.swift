import ArgumentParser

extension PortariumCommand {
    /// Parses and runs; says on the terminal what is to be said and gives the exit status.
    static func execute(_ arguments: [String]) async -> ExitStatus {
        let terminal = Terminal.current
        var command: any ParsableCommand
        do {
            command = try await self.asyncParseAsRoot(arguments)
        } catch {
            return self.report(parsing: error, to: terminal)
        }
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return .done
        } catch let failure as CommandFailure {
            return self.report(failure, to: terminal)
        } catch is Terminal.OutputClosed {
            // Whoever read the output has read enough (`portarium tail | head`).
            return .done
        } catch let error where error is ValidationError || self.exitCode(for: error).isSuccess {
            // Help is a command of its own to the parser, and what it shows is thrown.
            return self.report(parsing: error, to: terminal)
        } catch is CancellationError {
            return .failed
        } catch {
            terminal.complain("portarium: \(error)")
            return .failed
        }
    }

    /// The parser's own errors: help and version are no errors, everything else is a wrong command line.
    private static func report(parsing error: any Error, to terminal: Terminal) -> ExitStatus {
        let text = self.fullMessage(for: error, columns: terminal.columns)
        guard self.exitCode(for: error).isSuccess else {
            terminal.complain(text)
            return .usage
        }
        try? terminal.print(text)
        return .done
    }

    private static func report(_ failure: CommandFailure, to terminal: Terminal) -> ExitStatus {
        if let json = failure.json {
            terminal.complain(json)
            return failure.status
        }
        if !failure.message.isEmpty { terminal.complain("portarium: \(failure.message)") }
        for detail in failure.details { terminal.complain("  \(detail)") }
        return failure.status
    }
}
