import Foundation
import Synchronization

/// A program that was started with `posix_spawn`, and how it ended.
///
/// Foundation's `Process` lists the open files of this process before each start, reads over the end of the list where
/// there are more than a thousand, and crashes now and then.
final class SpawnedProgram: Sendable {
    /// How a program ended.
    enum Ending: Sendable {
        case exit(Int32)
        case signal(Int32)
    }

    private typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
    /// `posix_spawn_file_actions_addclosefrom_np` of `spawn.h`, which the module of the C library leaves out.
    private static let closeOthers = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np").map {
        unsafeBitCast($0, to: CloseFrom.self)
    }
    let identifier: Int32
    private let known = Mutex<Ending?>(nil)

    /// Starts it with no signal blocked and no other file open than `input` and, twice, `output`.
    ///
    /// Threads of a pool block signals, and a program inherits that from the thread that starts it: SIGTERM would wait.
    /// - Throws: ``ChildProcess/Failure`` where it cannot be started.
    init(
        _ path: String, _ arguments: [String], environment: [String: String], input: Int32, output: Int32
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        _ = Self.closeOthers?(&actions, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETPGROUP))
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var identifier: pid_t = 0
        let code = posix_spawn(&identifier, path, &actions, &attributes, &words, &variables)
        guard code == 0 else {
            throw ChildProcess.Failure("\(path) cannot be started: \(String(cString: strerror(code)))")
        }
        self.identifier = identifier
    }

    /// How it ended; nil while it runs.
    var ending: Ending? {
        self.known.withLock { known in
            if known != nil { return known }
            var status: Int32 = 0
            guard waitpid(self.identifier, &status, WNOHANG) == self.identifier else { return nil }
            let signal = status & 0x7f
            known = signal == 0 ? .exit((status >> 8) & 0xff) : .signal(signal)
            return known
        }
    }
}
