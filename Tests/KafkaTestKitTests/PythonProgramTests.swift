import BrokerTraits
import Foundation
import KafkaTestKit
import ProcessKit
import Testing

/// The strangers understand each other, so that what a test with them finds is ours.
@Suite(.needs(.noida))
struct PythonProgramTests {
    @Test func whatTheSDKWritesItReadsInBothModes() async throws {
        let broker = try await NoidaBroker.shared().bootstrap
        let topic = "python-\(UUID().uuidString)"
        let written = try await PythonProgram.produceEvents(4, to: topic, of: broker, mode: "mixed")
        let read = try await PythonProgram.readEvents(4, from: topic, of: broker)
        #expect(written.map { $0["mode"]?.string } == ["binary", "structured", "binary", "structured"])
        #expect(read.map { $0["attributes"]?["id"]?.string } == written.map { $0["id"]?.string })
        #expect(read.map { $0["key"]?.string } == written.map { $0["key"]?.string })
        #expect(read.allSatisfy { $0["data"]?["text"]?.string == "grüße" })
    }

    /// The SDK makes up the id of a record that has none; text and broken JSON it refuses.
    @Test func recordsThatAreNoEventsHaveTheirReasons() async throws {
        let broker = try await NoidaBroker.shared().bootstrap
        let topic = "python-\(UUID().uuidString)"
        let written = try await PythonProgram.produceEvents(3, to: topic, of: broker, mode: "junk")
        let read = try await PythonProgram.readEvents(3, from: topic, of: broker)
        #expect(written.count == 3)
        #expect(read.map { $0["error"]?.string == nil } == [false, true, false])
    }

    @Test func aProgramThatFailsSaysWhy() async throws {
        let broker = try await NoidaBroker.shared().bootstrap
        let topic = "python-\(UUID().uuidString)"
        _ = try await PythonProgram.produceEvents(1, to: topic, of: broker, mode: "binary")
        let failure = await #expect(throws: ChildProcess.Failure.self) {
            _ = try await PythonProgram.readEvents(2, from: topic, of: broker, withinSeconds: 1)
        }
        #expect(failure?.description.contains("1 records, not 2") == true)
    }
}
