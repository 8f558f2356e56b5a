import Testing

@Suite(
    .enabled(
        if: ConformanceSuite.webhookSignatures.isPresent, "the webhook signatures do not lie beside the repository"))
struct WebhookSignatureConformanceTests {
    @Test(arguments: WebhookVector.all)
    func aVectorIsJudgedAsItsProviderDoes(_ vector: WebhookVector) throws {
        let isAccepted = try vector.isAccepted()
        switch vector.expectation {
        case .accept: #expect(isAccepted)
        case .reject: #expect(!isAccepted)
        case .either: break
        }
    }

    @Test func theSuiteHasItsCases() {
        #expect(WebhookVector.all.count >= 45)
        #expect(WebhookVector.all.contains { $0.expectation == .reject })
    }
}
