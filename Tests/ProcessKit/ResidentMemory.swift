import Foundation

/// What the system keeps in memory for a process, its code included, in megabytes (Linux).
/// - Throws: ``ChildProcess/Failure`` where the system does not tell.
public func residentMegabytes(of process: Int32) throws -> Double {
    let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    guard
        let kilobytes = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({
            Double($0)
        })
    else { throw ChildProcess.Failure("no resident size of process \(process)") }
    return kilobytes * 1_024 / 1_000_000
}
