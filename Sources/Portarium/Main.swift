import ArgumentParser

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
        #if canImport(Glibc)
        // Events are allocated on one thread and freed on another: with an arena for each thread, what is free in one is
        // of no use to the others, and a backlog that is worked off takes a tenth more memory.
        mallopt(M_ARENA_MAX, 2)
        #endif
        let status = await PortariumCommand.execute(Array(CommandLine.arguments.dropFirst()))
        exit(status.rawValue)
    }
}
