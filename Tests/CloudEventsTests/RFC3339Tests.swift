import CloudEvents
import Testing

struct RFC3339Tests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2018-04-05T17:31:00Z", 1_522_949_460_000),
        ("2018-04-26T14:48:09+02:00", 1_524_746_889_000),
        ("2018-04-26T14:48:09-02:30", 1_524_763_089_000),
        ("2018-04-26T14:48:09-00:00", 1_524_754_089_000),
        ("2018-04-26t14:48:09z", 1_524_754_089_000),
        ("2000-02-29T12:00:00Z", 951_825_600_000),
        ("2024-02-29T23:59:59Z", 1_709_251_199_000),
        ("0000-01-01T00:00:00Z", -62_167_219_200_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ("2024-12-31T23:59:59+23:59", 1_735_603_259_000),
        ("2024-01-01T00:00:00-23:59", 1_704_153_540_000),
    ])
    func instantIsCounted(text: String, milliseconds: Int64) {
        #expect(RFC3339.milliseconds(text) == milliseconds)
    }

    @Test(arguments: [
        ("2018-04-26T14:48:09.1Z", 100),
        ("2018-04-26T14:48:09.12Z", 120),
        ("2018-04-26T14:48:09.1234Z", 123),
        ("2018-04-26T14:48:09.999999999Z", 999),
        ("2018-04-26T14:48:09.0009Z", 0),
        ("2018-04-26T14:48:09.1234567890123456789012345678901234567+00:00", 123),
    ])
    func fractionIsCutToMilliseconds(text: String, millisecond: Int64) {
        #expect(RFC3339.milliseconds(text) == 1_524_754_089_000 + millisecond)
    }

    @Test func fractionMayHaveAnyLength() {
        let fraction = "125" + String(repeating: "7", count: 1_000)
        #expect(RFC3339.milliseconds("2018-04-26T14:48:09.\(fraction)+00:00") == 1_524_754_089_125)
        #expect(RFC3339.milliseconds("2018-04-26T14:48:09.\(fraction)") == nil)
    }

    /// Leap seconds come at the end of a month in UTC, whatever the offset (section 5.7 and appendix D).
    @Test(arguments: [
        "1990-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00", "1991-01-01T01:29:60.999+01:30", "2015-06-30T23:59:60Z",
        "2015-07-01T00:59:60+01:00", "1991-01-01T08:59:60+09:00", "1988-02-29T23:59:60Z",
    ])
    func leapSecondEndsAMonth(text: String) {
        let before = text.replacing(":60", with: ":59")
        #expect(RFC3339.milliseconds(text) == RFC3339.milliseconds(before))
    }

    @Test(arguments: [
        "1990-12-31T23:58:60Z", "1990-12-31T22:59:60Z", "1990-12-31T23:59:60-08:00", "1990-12-31T15:59:60+08:00",
        "2015-06-29T23:59:60Z", "1988-02-28T23:59:60Z", "2018-04-26T14:48:60Z", "1990-12-31T23:59:61Z",
        "1990-12-31T00:59:60+01:00",
    ])
    func leapSecondAtAnyOtherTimeIsRefused(text: String) {
        #expect(RFC3339.milliseconds(text) == nil)
    }

    @Test func leapSecondCountsAsTheSecondBefore() {
        #expect(RFC3339.milliseconds("2016-12-31T23:59:60Z") == RFC3339.milliseconds("2016-12-31T23:59:59Z"))
        #expect(RFC3339.milliseconds("2016-12-31T23:59:60.5Z") == 1_483_228_799_500)
    }

    @Test(arguments: [
        "", "2018", "2018-04-26", "2018-04-26T14:48:09", "2018-04-26 14:48:09Z", "2018-04-26T14:48Z",
        "2018-04-26T14:48:09.Z", "2018-04-26T14:48:09,5Z", "2018-04-26T14:48:09ZZ", "2018-04-26T14:48:09Z ",
        " 2018-04-26T14:48:09Z", "2018-04-26T14:48:09+0200", "2018-04-26T14:48:09+02", "2018-04-26T14:48:09+02:0",
        "2018-04-26T14:48:09+24:00", "2018-04-26T14:48:09+02:60", "2018-04-26T14:48:09+02:00:00",
        "2018-04-26T14:48:09 02:00", "2018-00-26T14:48:09Z", "2018-13-26T14:48:09Z", "2018-04-00T14:48:09Z",
        "2018-04-31T14:48:09Z", "2018-06-31T14:48:09Z", "2018-09-31T14:48:09Z", "2018-11-31T14:48:09Z",
        "2018-01-32T14:48:09Z", "2018-02-29T14:48:09Z", "1900-02-29T14:48:09Z", "2100-02-29T14:48:09Z",
        "2000-02-30T14:48:09Z", "2018-04-26T24:00:00Z", "2018-04-26T14:60:09Z", "2018-04-26T14:48:61Z",
        "+018-04-26T14:48:09Z", "-018-04-26T14:48:09Z", "20180-04-26T14:48:09Z", "2018/04/26T14:48:09Z",
        "2018-4-26T14:48:09Z", "2018-04-26T1:48:09Z", "2018-W17-4T14:48:09Z", "２018-04-26T14:48:09Z",
        "2018-04-26T14:48:09.12a4Z", "2018-04-26T14:48:09.12", "2018-04-26T-1:48:09Z", "1522949460",
        "2018-04-26T14:48:09\u{0}Z", "2018-04-26T14:48:0९Z", "2018-04-26\u{14}14:48:09Z", "2018-04-26T14:48:09\u{1a}",
        "2018-04-26T14:48:09.", "2018-04-26T14:48:09.+00:00",
    ])
    func otherTextIsRefused(text: String) {
        #expect(RFC3339.milliseconds(text) == nil)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_825_600_007, "2000-02-29T12:00:00.007Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func textIsCanonical(milliseconds: Int64, text: String) {
        #expect(RFC3339.text(milliseconds: milliseconds) == text)
    }

    @Test func daysOfTenThousandYearsComeBack() {
        var day = "0000-01-01"
        var milliseconds: Int64 = -62_167_219_200_000
        while milliseconds <= 253_402_300_799_999 {
            let text = RFC3339.text(milliseconds: milliseconds)
            guard RFC3339.milliseconds(text) == milliseconds, text.prefix(10) >= day else {
                Issue.record("\(text) after \(day)")
                return
            }
            day = String(text.prefix(10))
            milliseconds += 86_400_000 * 61
        }
    }
}
