import Testing

@testable import Observability

@Suite struct ProcessCollectorTests {
    @Test func theProcessKnowsItself() throws {
        let families = ProcessCollector().collect()
        func value(_ name: MetricName) -> Double? {
            guard case .number(let value)? = families.first(where: { $0.name == name.rawValue })?.samples.first?.value
            else { return nil }
            return value
        }
        #expect(try #require(value(.processCPU)) > 0)
        #expect(try #require(value(.processResidentMemory)) > 1_000_000)
        // After 2020 and not in the far future.
        #expect((1.6e9...1e11).contains(try #require(value(.processStartTime))))
        #if os(Linux)
        #expect(try #require(value(.processThreads)) >= 1)
        #expect(try #require(value(.processVirtualMemory)) > 1_000_000)
        let open = try #require(value(.processOpenFileDescriptors))
        #expect(open >= 1)
        #expect(try #require(value(.processFileDescriptorsMax)) >= open)
        #endif
    }

    @Test func aCommandWithSpacesAndBracketsDoesNotConfuseTheFields() {
        let fields = (3...52).map { "\($0)" }.joined(separator: " ")
        let statistics = ProcessCollector.statistics(parsing: "1 (a) b (c)) \(fields)\n", pageBytes: 4_096)
        #expect(
            statistics
                == ProcessCollector.Statistics(
                    threads: 20, startTicks: 22, virtualBytes: 23, residentBytes: 24 * 4_096))
        #expect(ProcessCollector.statistics(parsing: "1 (a) R 1", pageBytes: 4_096) == nil)
        #expect(ProcessCollector.statistics(parsing: "", pageBytes: 4_096) == nil)
    }
}
