import CRdKafka
import EventLog

extension KafkaAdmin {
    /// Stores positions of groups that have no members, one request for each group.
    func commit(
        _ commits: [(group: String, positions: [(topicPartition: TopicPartition, committed: CommittedOffset)])]
    ) -> Result<Void, EventLogError> {
        let context = "positions cannot be stored"
        var requests: [OpaquePointer?] = commits.map { group, positions in
            let list = KafkaPartitionList(
                positions.map { ($0.topicPartition, $0.committed.offset.value, $0.committed.metadata) })
            return rd_kafka_AlterConsumerGroupOffsets_new(group, list.pointer)
        }
        defer { for request in requests { rd_kafka_AlterConsumerGroupOffsets_destroy(request) } }
        return self.coordinated(
            RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS, context, groups: commits.map(\.group),
            submit: { index, options, queue in
                rd_kafka_AlterConsumerGroupOffsets(self.handle.pointer, &requests[index], 1, options, queue)
            },
            read: { event -> Result<Void, Refusal> in
                let result = rd_kafka_event_AlterConsumerGroupOffsets_result(event)
                var count = 0
                let groups = rd_kafka_AlterConsumerGroupOffsets_result_groups(result, &count)
                return self.check(groups, count, context)
            }
        ).map { _ in }
    }

    private func check(
        _ groups: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int, _ context: String
    ) -> Result<Void, Refusal> {
        for index in 0..<count {
            guard let group = groups?[index] else { continue }
            if let error = rd_kafka_group_result_error(group) {
                return .failure(Refusal(code: rd_kafka_error_code(error), context: context))
            }
            guard let list = rd_kafka_group_result_partitions(group) else { continue }
            for element in KafkaPartitionList.elements(of: list) where element.error != RD_KAFKA_RESP_ERR_NO_ERROR {
                return .failure(Refusal(code: element.error, context: "\(context) (\(element.topicPartition))"))
            }
        }
        return .success(())
    }

    /// Names of all groups that the principal may see.
    func groups() -> Result<[String], EventLogError> {
        let context = "the brokers do not tell their groups"
        return self.request(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS, context) { options, queue in
            rd_kafka_ListConsumerGroups(self.handle.pointer, options, queue)
        } read: { event in
            let result = rd_kafka_event_ListConsumerGroups_result(event)
            var errorCount = 0
            if let errors = rd_kafka_ListConsumerGroups_result_errors(result, &errorCount), errorCount > 0,
                let error = errors[0]
            {
                return .failure(EventLogError(kafka: rd_kafka_error_code(error), context, from: self.handle))
            }
            var count = 0
            let listings = rd_kafka_ListConsumerGroups_result_valid(result, &count)
            return .success(
                (0..<count).compactMap { index in
                    rd_kafka_ConsumerGroupListing_group_id(listings?[index]).map { String(cString: $0) }
                })
        }
    }

    /// Positions of the groups in these partitions.
    func committed(
        _ groups: [String], in partitions: [TopicPartition]
    ) -> Result<[String: [TopicPartition: CommittedOffset]], EventLogError> {
        let context = "positions cannot be read"
        let list = KafkaPartitionList(partitions, offset: -1_001)
        var requests: [OpaquePointer?] = groups.map { rd_kafka_ListConsumerGroupOffsets_new($0, list.pointer) }
        defer { for request in requests { rd_kafka_ListConsumerGroupOffsets_destroy(request) } }
        return self.coordinated(
            RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, context, groups: groups,
            submit: { index, options, queue in
                rd_kafka_ListConsumerGroupOffsets(self.handle.pointer, &requests[index], 1, options, queue)
            },
            read: { event -> Result<[(key: String, value: [TopicPartition: CommittedOffset])], Refusal> in
                let result = rd_kafka_event_ListConsumerGroupOffsets_result(event)
                var count = 0
                let groups = rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count)
                if case .failure(let error) = self.check(groups, count, context) { return .failure(error) }
                return .success((0..<count).compactMap { index in groups?[index].map { Self.positions($0) } })
            }
        ).map { found in
            found.joined().reduce(into: [:]) { result, group in result[group.key] = group.value }
        }
    }

    private static func positions(
        _ group: OpaquePointer
    ) -> (key: String, value: [TopicPartition: CommittedOffset]) {
        let name = rd_kafka_group_result_name(group).map { String(cString: $0) } ?? ""
        var positions: [TopicPartition: CommittedOffset] = [:]
        if let list = rd_kafka_group_result_partitions(group) {
            for element in KafkaPartitionList.elements(of: list) where element.offset >= 0 {
                positions[element.topicPartition] = CommittedOffset(
                    offset: Offset(element.offset), metadata: element.metadata)
            }
        }
        return (name, positions)
    }

    /// Forgets a group; nothing happens where there is none.
    func deleteGroup(_ name: String) -> Result<Void, EventLogError> {
        let context = "the group '\(name)' cannot be deleted"
        var request = rd_kafka_DeleteGroup_new(name)
        defer { rd_kafka_DeleteGroup_destroy(request) }
        return self.coordinated(RD_KAFKA_ADMIN_OP_DELETEGROUPS, context, groups: [name]) { _, options, queue in
            rd_kafka_DeleteGroups(self.handle.pointer, &request, 1, options, queue)
        } read: { event -> Result<Void, Refusal> in
            var count = 0
            let groups = rd_kafka_DeleteGroups_result_groups(rd_kafka_event_DeleteGroups_result(event), &count)
            if count > 0, let group = groups?[0], let error = rd_kafka_group_result_error(group) {
                let code = rd_kafka_error_code(error)
                if code != RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND {
                    return .failure(Refusal(code: code, context: context))
                }
            }
            return .success(())
        }.map { _ in }
    }
}
