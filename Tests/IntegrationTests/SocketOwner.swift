import Foundation

/// Which process a connection on this machine belongs to, as Linux tells it.
enum SocketOwner {
    /// The one of `processes` that holds the connection from `port` of 127.0.0.1; nil where none does.
    static func process(at port: Int, among processes: [Int32]) -> Int32? {
        guard let socket = self.socket(at: port) else { return nil }
        return processes.first { process in
            let directory = "/proc/\(process)/fd"
            let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            return files.contains { file in
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(directory)/\(file)")) == socket
            }
        }
    }

    private static func socket(at port: Int) -> String? {
        // Read to its end: a file of the system has no size that could be asked for.
        guard let bytes = try? FileHandle(forReadingAtPath: "/proc/net/tcp")?.readToEnd() else { return nil }
        let table = String(decoding: bytes, as: UTF8.self)
        let digits = String(port, radix: 16, uppercase: true)
        let address = "0100007F:" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        for line in table.split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count > 9, fields[1] == address, fields[9] != "0" { return "socket:[\(fields[9])]" }
        }
        return nil
    }
}
