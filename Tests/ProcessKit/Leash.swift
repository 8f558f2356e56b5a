import Foundation

/// Ties programs to this one: when it ends, however that comes about, what was started on a leash is killed.
///
/// The end of a pipe that only this process holds is the sign. A signal on the death of the parent would not do: on
/// Linux that means the thread that started the program, and threads of a pool come and go.
package final class Leash: Sendable {
    /// Starts "$@" in its own place, so that the number of the process is that of the program. Beside it waits a child
    /// of the program that reads the pipe: a line lets go; the end of the file means that nobody is left to look after
    /// it. It kills only its own parent, whose number cannot have passed to another program while that is so. It holds
    /// nothing else open, because Foundation takes the last open end of a socket for the life of the program.
    private static let script = """
        exec 3<&0 </dev/null
        {
            for file in /proc/"$BASHPID"/fd/*; do
                file=${file##*/}
                [ "$file" -le 3 ] || exec {file}>&-
            done
            if ! read -r _ <&3; then
                read -r _ _ _ parent _ </proc/self/stat
                [ "$parent" != "$$" ] || kill -KILL "$$"
                [ -z "$PORTARIUM_LEASH_SCRATCH" ] || rm -rf -- "$PORTARIUM_LEASH_SCRATCH"
            fi
        } >/dev/null 2>&1 &
        exec 3<&-
        exec "$@"
        """

    private let scratch: URL?
    private let hand: FileHandle
    /// What the program gets as its standard input.
    let end: FileHandle

    /// - Parameter scratch: A directory that is removed with the program if this process does not live to do it.
    package init(scratch: URL? = nil) throws {
        var ends: [Int32] = [0, 0]
        // Not inherited, or a program started meanwhile would hold the pipe open as well.
        guard pipe(&ends) == 0 else { throw ChildProcess.Failure("no pipe: \(errno)") }
        for descriptor in ends { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        self.scratch = scratch
        self.end = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        self.hand = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
    }

    /// The command that runs `executable` on this leash.
    func command(_ executable: URL, _ arguments: [String]) -> (executable: URL, arguments: [String]) {
        (URL(fileURLWithPath: "/bin/bash"), ["-c", Self.script, "bash", executable.path] + arguments)
    }

    var environment: [String: String] { ["PORTARIUM_LEASH_SCRATCH": self.scratch?.path ?? ""] }

    /// What the end of this process does: the program is killed and its directory removed.
    package func letDrop() {
        try? self.hand.close()
    }

    /// The program is gone already, and its owner cleans up.
    func release() {
        try? self.hand.write(contentsOf: Data("done\n".utf8))
        try? self.hand.close()
    }
}
