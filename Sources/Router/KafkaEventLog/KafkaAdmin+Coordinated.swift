import CRdKafka
import EventLog

extension KafkaAdmin {
    /// A broker's refusal, with its code.
    struct Refusal: Error {
        var code: rd_kafka_resp_err_t
        var context: String

        /// Whether another broker may be the coordinator.
        var isElsewhere: Bool {
            self.code == RD_KAFKA_RESP_ERR_NOT_COORDINATOR || self.code == RD_KAFKA_RESP_ERR__TRANSPORT
        }
    }

    /// Makes one request for each group at the group's coordinator, all at the same time, and waits for the answers.
    ///
    /// librdkafka would look for the coordinators itself, but all its versions end the process where a coordinator's
    /// connection comes back after such a request has timed out, or where the broker does not know the request:
    /// https://github.com/confluentinc/librdkafka/pull/5397. Requests to a named broker do not go that way.
    /// - Parameters:
    ///   - submit: hands the request of a group to librdkafka.
    ///   - read: takes what is wanted out of the answer.
    func coordinated<Value>(
        _ operation: rd_kafka_admin_op_t, _ context: String, groups: [String],
        submit: (_ index: Int, _ options: OpaquePointer?, _ queue: OpaquePointer?) -> Void,
        read: (OpaquePointer) -> Result<Value, Refusal>
    ) -> Result<[Value], EventLogError> {
        if self.coordinators.isEmpty {
            switch self.brokers() {
            case .success(let brokers): self.coordinators.put(brokers)
            case .failure(let error): return .failure(error)
            }
        }
        var pending = Array(groups.indices)
        var asked: [Int: (brokers: Set<Int32>, last: Refusal)] = [:]
        var values: [Value] = []
        var failure: Refusal?
        while !pending.isEmpty {
            var rest: [Int] = []
            let places = pending.map { index in
                (index: index, broker: self.coordinators.next(groups[index], after: asked[index]?.brokers ?? []))
            }
            for place in places where place.broker == nil {
                // Somebody came, or nobody coordinates it now.
                self.coordinators.forgetBrokers()
                failure = failure ?? asked[place.index]?.last
            }
            let round = places.filter { $0.broker != nil }
            var unanswered = Set(round.map(\.index))
            self.requests(operation, count: round.count, broker: { round[$0].broker }) { index, options, queue in
                submit(round[index].index, options, queue)
            } take: { number, event in
                guard round.indices.contains(number), let broker = round[number].broker else { return }
                let index = round[number].index
                unanswered.remove(index)
                let code = rd_kafka_event_error(event)
                let result: Result<Value, Refusal> =
                    code == RD_KAFKA_RESP_ERR_NO_ERROR ? read(event) : .failure(Refusal(code: code, context: context))
                switch result {
                case .success(let value):
                    self.coordinators.note(groups[index], broker)
                    values.append(value)
                case .failure(let refusal):
                    self.coordinators.forget(groups[index])
                    if refusal.isElsewhere {
                        asked[index] = ((asked[index]?.brokers ?? []).union([broker]), refusal)
                        rest.append(index)
                    } else {
                        failure = failure ?? refusal
                    }
                }
            }
            if !unanswered.isEmpty {
                failure = failure ?? Refusal(code: RD_KAFKA_RESP_ERR__TIMED_OUT, context: context)
            }
            pending = rest
        }
        return failure.map { .failure(EventLogError(kafka: $0.code, $0.context, from: self.handle)) }
            ?? .success(values)
    }
}
