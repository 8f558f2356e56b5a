import ArgumentParser
import Observability

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The process: runs the command line and ends with its status.
@main
enum Main {
    static func main() async {
        // A closed pipe is seen as an error of `write`, not as a death by signal.
        signal(SIGPIPE, SIG_IGN)
        AllocatorArenas.limit(to: 2)
        let status = await PortariumCommand.execute(Array(CommandLine.arguments.dropFirst()))
        exit(status.rawValue)
    }
}
