import Foundation
import ProcessKit
import Testing

/// What happens to programs whose owner does not live to end them.
struct LeashTests {
    @Test func whatIsOnALeashEndsWithItsOwner() async throws {
        try await withTemporaryDirectory { directory in
            let scratch = directory.appendingPathComponent("scratch")
            try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
            var leash: Leash? = try Leash(scratch: scratch)
            let child = try ChildProcess(
                executable: URL(fileURLWithPath: "/bin/sleep"), arguments: ["600"],
                outputFile: directory.appendingPathComponent("output.txt"), leash: leash)
            #expect(child.isRunning)
            leash?.letDrop()
            leash = nil
            try await eventually("the end of the program") { !child.isRunning }
            try await eventually("the end of its directory") { !FileManager.default.fileExists(atPath: scratch.path) }
        }
    }

    @Test func whatEndedInGoodOrderKeepsItsDirectory() async throws {
        try await withTemporaryDirectory { directory in
            let scratch = directory.appendingPathComponent("scratch")
            try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
            let child = try ChildProcess(
                executable: URL(fileURLWithPath: "/bin/sleep"), arguments: ["600"],
                outputFile: directory.appendingPathComponent("output.txt"), leash: try Leash(scratch: scratch))
            await child.kill()
            #expect(!child.isRunning)
            #expect(FileManager.default.fileExists(atPath: scratch.path))
        }
    }
}
