import TenantLimits
import Testing

@Suite struct TokenBucketTests {
    @Test func aFullBucketGivesWhatItHoldsAtOnceAndThenItsRate() {
        var bucket = TokenBucket(perSecond: 10, capacity: 20, now: 0)
        #expect(bucket.wait(for: 20, now: 0) == 0)
        bucket.take(20, now: 0)
        #expect(bucket.wait(for: 1, now: 0) == 100)
        #expect(bucket.wait(for: 1, now: 100) == 0)
        #expect(bucket.wait(for: 5, now: 100) == 400)
        #expect(bucket.timeToFull(now: 0) == 2_000)
        #expect(bucket.available(now: 1_050) == 10)
        #expect(bucket.window == 2_000)
    }

    @Test func moreThanItHoldsIsTakenWhenItIsFullAndPaidBackBeforeItGivesAnythingAgain() {
        var bucket = TokenBucket(perSecond: 100, capacity: 100, now: 0)
        bucket.take(1, now: 0)
        #expect(bucket.wait(for: 5_000, now: 0) == 10)
        #expect(bucket.wait(for: 5_000, now: 10) == 0)
        bucket.take(5_000, now: 10)
        #expect(bucket.available(now: 10) == 0)
        #expect(bucket.wait(for: 1, now: 10) == 49_010)
        #expect(bucket.wait(for: 1, now: 49_020) == 0)
    }

    @Test func partsOfATokenAreNotLost() {
        var bucket = TokenBucket(perSecond: 3, capacity: 3, now: 0)
        bucket.take(3, now: 0)
        var taken = 0
        for now in Int64(1)...10_000 where bucket.wait(for: 1, now: now) == 0 {
            bucket.take(1, now: now)
            taken += 1
        }
        #expect(taken == 30)
    }

    @Test func inTheLongRunNoMoreThanTheRateGoesThroughWhateverIsAsked() {
        for seed in UInt64(1)...200 {
            var random = SeededNumbers(state: seed)
            let (rate, capacity) = (random.next(in: 1...5_000), random.next(in: 1...20_000))
            var bucket = TokenBucket(perSecond: rate, capacity: capacity, now: 0)
            var (now, taken, greatest) = (Int64(0), 0, 0)
            for _ in 0..<500 {
                now += Int64(random.next(in: 0...50))
                let count = random.next(in: 1...(2 * capacity))
                if bucket.wait(for: count, now: now) == 0 {
                    bucket.take(count, now: now)
                    taken += count
                    greatest = max(greatest, count)
                }
                let allowed = capacity + Int(now) * rate / 1_000 + max(0, greatest - capacity)
                #expect(taken <= allowed, "seed \(seed)")
            }
            let wait = bucket.wait(for: capacity, now: now)
            #expect(bucket.wait(for: capacity, now: now + wait) == 0, "seed \(seed)")
            if wait > 0 { #expect(bucket.wait(for: capacity, now: now + wait - 1) > 0, "seed \(seed)") }
        }
    }

    @Test func aClockThatGoesBackwardsAndVeryLongTimesDoNoHarm() {
        var bucket = TokenBucket(perSecond: .max, capacity: .max, now: 1_000)
        bucket.take(.max, now: 0)
        #expect(bucket.available(now: 0) == 0)
        #expect(bucket.available(now: .max) == 1_000_000_000_000)
        var slow = TokenBucket(perSecond: 1, capacity: 1_000_000_000_000, now: 0)
        for _ in 0..<10 { slow.take(.max, now: 0) }
        #expect(slow.wait(for: 1, now: 0) > 0)
    }

    @Test func aChangeKeepsWhatIsUsedUp() {
        var bucket = TokenBucket(perSecond: 10, capacity: 10, now: 0)
        bucket.take(10, now: 0)
        #expect(bucket.resized(perSecond: 100, capacity: 1_000, now: 0).available(now: 0) == 0)
        let full = TokenBucket(perSecond: 10, capacity: 10, now: 0)
        #expect(full.resized(perSecond: 100, capacity: 1_000, now: 0).available(now: 0) == 1_000)
        #expect(full.resized(perSecond: 1, capacity: 5, now: 0).available(now: 0) == 5)
    }
}

/// SplitMix64, so that a seed shows the same again.
struct SeededNumbers {
    var state: UInt64

    mutating func next(in range: ClosedRange<Int>) -> Int {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var value = self.state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        value ^= value >> 31
        return range.lowerBound + Int(value % UInt64(range.count))
    }
}
