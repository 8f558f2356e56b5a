import Testing

@testable import EventDispatch

@Suite struct CommitPaceTests {
    @Test func refusalsMakeThePausesLongerUpToABoundAndACommitThatIsTakenEndsThat() {
        var pace = CommitPace(intervalMilliseconds: 500)
        var pauses = [pace.pauseMilliseconds]
        for _ in 0..<20 {
            pace.committed(isTaken: false)
            pauses.append(pace.pauseMilliseconds)
        }
        #expect(pauses.prefix(6) == [500, 1_000, 2_000, 4_000, 5_000, 5_000])
        #expect(pauses.last == 5_000)
        pace.committed(isTaken: true)
        #expect(pace.pauseMilliseconds == 500)
    }

    @Test func noPauseIsShorterThanTheInterval() {
        var pace = CommitPace(intervalMilliseconds: 60_000)
        pace.committed(isTaken: false)
        #expect(pace.pauseMilliseconds == 60_000)
    }
}
