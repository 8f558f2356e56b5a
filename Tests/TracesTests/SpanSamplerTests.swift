import Testing

@testable import Traces

@Suite struct SpanSamplerTests {
    @Test func allAreRecordedWithOneAndNoneWithZero() {
        let ids = (1...1_000).map { UInt128($0) } + [.max, 1 << 127]
        #expect(ids.allSatisfy { SpanSampler(ratio: 1).samples($0) })
        #expect(ids.allSatisfy { SpanSampler(ratio: 7).samples($0) })
        #expect(!ids.contains { SpanSampler(ratio: 0).samples($0) })
        #expect(!ids.contains { SpanSampler(ratio: -1).samples($0) })
    }

    @Test(arguments: [0.01, 0.1, 0.5, 0.9])
    func theRatioHoldsForIdsThatLieSideBySideToo(ratio: Double) {
        let sampler = SpanSampler(ratio: ratio)
        let sampled = (1...50_000).count { number in sampler.samples(FNV1a128.hash(Array("order-\(number)".utf8))) }
        #expect(abs(Double(sampled) / 50_000 - ratio) < 0.02)
        #expect(abs(Double((1...50_000).count { sampler.samples(UInt128($0)) }) / 50_000 - ratio) < 0.02)
    }

    @Test func whoeverAsksHearsTheSame() {
        let (one, other) = (SpanSampler(ratio: 0.3), SpanSampler(ratio: 0.3))
        #expect((1...1_000).allSatisfy { one.samples(UInt128($0)) == other.samples(UInt128($0)) })
    }

    @Test func moreIsRecordedOfWhatALowerRatioRecords() {
        let (low, high) = (SpanSampler(ratio: 0.2), SpanSampler(ratio: 0.4))
        #expect((1...5_000).allSatisfy { !low.samples(UInt128($0)) || high.samples(UInt128($0)) })
    }
}

extension FNV1a128 {
    fileprivate static func hash(_ bytes: [UInt8]) -> UInt128 { bytes.withUnsafeBytes { Self.hash($0) } }
}
