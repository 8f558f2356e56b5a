import EventLog
import Testing

@testable import EventDispatch

/// The text of a cursor.
struct PositionCursorTests {
    private func place(_ topic: String, _ partition: Int32) -> TopicPartition {
        TopicPartition(Topic(topic), Partition(partition))
    }

    @Test func whatIsWrittenIsRead() throws {
        let offsets = [
            (self.place("a.b-c_d", 0), Offset(5)), (self.place("a.b-c_d", 11), Offset(.max)),
            (self.place("z", 3), Offset.zero),
        ]
        let text = PositionCursor.text(offsets)
        #expect(text == "a.b-c_d~0:5,11:9223372036854775807;z~3:0")
        #expect(try PositionCursor.parse(text) == Dictionary(uniqueKeysWithValues: offsets))
    }

    @Test func aCursorOfManyPartitionsStaysShort() {
        let offsets = (0..<72).map { (self.place("portarium.topic\($0 / 8)", Int32($0 % 8)), Offset(1_234_567_890)) }
        #expect(PositionCursor.text(offsets).utf8.count < 1_200)
    }

    @Test(arguments: ["x", "~0:1", "a~", "a~0", "a~0:", "a~:1", "a~0:-1", "a~0:1,", "a~0:1:2", "a~0:1;b", "a~x:1"])
    func textsOfOthersAreRefused(text: String) {
        let error = #expect(throws: ServiceError.self) { try PositionCursor.parse(text) }
        #expect(error?.code == .invalid)
    }
}
