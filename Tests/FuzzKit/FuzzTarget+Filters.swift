import CloudEvents
import FoundationEssentials
import Subscriptions

extension FuzzTarget {
    /// What expressions and filters are evaluated for.
    private static let sample: CloudEvent = {
        var event = CloudEvent(id: "1", source: "/orders", type: "com.example.order.created")
        event.attributes.append(name: "text", value: "Grüße, 世界 👋")
        event.attributes.append(name: "number", value: "42", kind: .integer)
        event.attributes.append(name: "flag", value: "true", kind: .boolean)
        event.attributes.append(name: "empty", value: "")
        return event
    }()

    static func expression(_ bytes: [UInt8]) -> Outcome {
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(CESQLParseError) {
            let expression = try CESQLExpression(parsing: text)
            let result = expression.evaluate(self.sample)
            guard result == expression.evaluate(self.sample) else { return .violated("two results") }
            guard expression.isTrue(for: self.sample) == (result == CESQLResult(value: .boolean(true))) else {
                return .violated("the filter and the result disagree")
            }
            return .accepted
        } catch {
            let isPlaced = (0...text.count).contains(error.characterOffset)
            return isPlaced && !error.reason.isEmpty && !error.mend.isEmpty
                ? .refused : .violated("an error without a place or a mend: \(error)")
        }
    }

    static func filter(_ bytes: [UInt8]) -> Outcome {
        guard let filter = try? JSONDecoder().decode(Filter.self, from: Data(bytes)) else { return .refused }
        guard let compiled = try? CompiledFilter(filter) else { return .violated("it is read but does not compile") }
        let explanation = compiled.explain(self.sample)
        guard compiled.matches(self.sample) == explanation.matched, !explanation.reason.isEmpty else {
            return .violated("it matches, and the explanation says otherwise, or the other way round")
        }
        guard let text = try? JSONEncoder().encode(filter),
            (try? JSONDecoder().decode(Filter.self, from: text)) == filter
        else { return .violated("it is not read as it is written") }
        return .accepted
    }

    static func subscription(_ bytes: [UInt8]) -> Outcome {
        guard let document = try? JSONDecoder().decode(SubscriptionDocument.self, from: Data(bytes)),
            let subscription = try? document.subscription(tenant: "acme", defaultName: { "minted" })
        else { return .refused }
        guard let text = try? JSONEncoder().encode(SubscriptionDocument(subscription)),
            let again = try? JSONDecoder().decode(SubscriptionDocument.self, from: text)
                .subscription(tenant: "acme", defaultName: { "minted" })
        else { return .violated("what is written is not read") }
        return again == subscription ? .accepted : .violated("it is not read as it is written")
    }
}
