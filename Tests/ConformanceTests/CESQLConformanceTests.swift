import Subscriptions
import Testing

@Suite(.enabled(if: ConformanceSuite.cesql.isPresent, "the CESQL conformance suite does not lie beside the repository"))
struct CESQLConformanceTests {
    @Test(arguments: CESQLCase.all)
    func aCaseOfTheSuiteGivesItsResultAndItsError(_ test: CESQLCase) throws {
        let expression: CESQLExpression
        do throws(CESQLParseError) {
            expression = try CESQLExpression(parsing: test.expression)
        } catch {
            #expect(test.error == "parse", "\(test.expression): \(error)")
            return
        }
        let result = expression.evaluate(test.event)
        #expect(result.error?.kind.rawValue == test.error, "\(test.expression)")
        if let expected = test.result { #expect(result.value == expected, "\(test.expression)") }
    }

    @Test func theSuiteHasItsCases() {
        #expect(CESQLCase.all.count >= 100)
    }
}
