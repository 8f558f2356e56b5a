import CRdKafka
import Foundation
import Testing

struct ClientLibraryTests {
    private static let isNew = ProcessInfo.processInfo.environment["PORTARIUM_LIBRDKAFKA_NEW"] == "1"

    /// Otherwise the second run of the tests on Kafka would only repeat the first.
    @Test(.enabled(if: isNew, "this run is with the librdkafka it was compiled for"))
    func theNewerLibraryIsTheOneThatRuns() {
        #expect(rd_kafka_version() > RD_KAFKA_VERSION)
    }

    @Test(.disabled(if: isNew, "this run is with a newer librdkafka"))
    func theLibraryIsTheOneItWasCompiledFor() {
        #expect(rd_kafka_version() == RD_KAFKA_VERSION)
    }
}
