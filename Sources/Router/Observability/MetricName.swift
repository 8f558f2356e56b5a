/// Every metric that Portarium itself shows: its name, what it is, and a sentence of help.
///
/// Units are those of Prometheus: seconds and bytes, said in the name. The labels named in a case's comment are the
/// only ones it may carry; none of them takes values from events.
public enum MetricName: String, Sendable, CaseIterable {
    /// `mode` (`binary`, `structured`, `batched`).
    case ingressEvents = "portarium_ingress_events_total"
    /// Bytes of bodies, their headers and framing not counted.
    case ingressBytes = "portarium_ingress_bytes_total"
    /// `reason`: a stable word, see `IngressRefusal`.
    case ingressRefused = "portarium_ingress_refused_total"
    /// `reason` (`no-credential`, `invalid-credential`, `insufficient-scope`, `foreign-tenant`).
    case accessRefused = "portarium_access_refused_total"
    case tenantsMetered = "portarium_tenants_metered"
    case ingressDuration = "portarium_ingress_duration_seconds"
    case ingressInFlight = "portarium_ingress_in_flight_requests"

    /// `provider` (those of the table, `unknown`), `outcome`: a stable word, see `WebhookOutcome`.
    case webhooks = "portarium_webhooks_total"
    case webhookDeliveriesRemembered = "portarium_webhook_deliveries_remembered"
    case webhookDeliveriesForgotten = "portarium_webhook_deliveries_forgotten_total"

    case webhookSpoolDeliveries = "portarium_webhook_spool_deliveries"
    /// Bytes of deliveries on the disk, those that were set aside counted.
    case webhookSpoolBytes = "portarium_webhook_spool_bytes"
    case webhookSpoolOldestAge = "portarium_webhook_spool_oldest_age_seconds"
    case webhookSpoolSetAside = "portarium_webhook_spool_set_aside"
    case webhooksSpooled = "portarium_webhook_spooled_total"
    /// `outcome` (`appended`, `duplicate`).
    case webhooksDrained = "portarium_webhook_spool_drained_total"
    /// `reason` (`limit`, `disk`, `failed`).
    case webhookSpoolRefused = "portarium_webhook_spool_refused_total"
    /// `mode` (`warn`, `enforce`).
    case eventTypeViolations = "portarium_event_type_violations_total"
    case eventTypesJudged = "portarium_event_types_judged"

    case logAppendedRecords = "portarium_log_appended_records_total"
    case logAppendDuration = "portarium_log_append_duration_seconds"
    case logAppendFailures = "portarium_log_append_failures_total"
    case logQueuedRecords = "portarium_log_queued_records"
    /// Bytes of records that were handed to the log and are not durable yet.
    case logQueuedBytes = "portarium_log_queued_bytes"
    case logBatchRecords = "portarium_log_batch_records"
    /// `topic`, `partition`; 2,000 series at most, further partitions are one with `_overflow`, their sum.
    case logEndOffset = "portarium_log_end_offset"
    /// `topic`, `partition`; 2,000 series at most, further partitions are one with `_overflow`, their sum.
    case tailPosition = "portarium_tail_position"
    /// `reader` (`tail`, `catch-up`).
    case fetchedRecords = "portarium_dispatch_fetched_records_total"
    case invalidRecords = "portarium_dispatch_invalid_records_total"
    case invalidRecordsUnkept = "portarium_dispatch_invalid_records_unkept_total"
    case commitFailures = "portarium_dispatch_commit_failures_total"
    case indexLag = "portarium_index_lag_records"

    /// `tenant`, `subscription`; 5,000 series at most, in the order of the ids; further subscriptions are one with
    /// `_overflow`, their sum.
    case subscriptionLag = "portarium_subscription_lag_records"
    /// `status` (`active`, `paused`, `catching-up`, `suspended`).
    case subscriptions = "portarium_subscriptions"
    case subscriptionLostRecords = "portarium_subscription_lost_records_total"

    /// `outcome` (`delivered`, `retried`, `rejected`, `gone`).
    case deliveryAttempts = "portarium_delivery_attempts_total"
    /// `outcome` (`delivered`, `dead-lettered`).
    case deliveryEvents = "portarium_delivery_events_total"
    case deliveryDuration = "portarium_delivery_duration_seconds"
    case deliveryInFlight = "portarium_delivery_in_flight_requests"
    case deliveryHeldRecords = "portarium_delivery_held_records"
    /// Bytes of events in memory on their way to sinks; the dispatch settings bound them.
    case deliveryHeldBytes = "portarium_delivery_held_bytes"
    case deliveryRetriesScheduled = "portarium_delivery_retries_scheduled"
    case deliveryCircuitsOpen = "portarium_delivery_circuits_open"
    case deliveryEndToEndDuration = "portarium_delivery_end_to_end_duration_seconds"
    /// `class`: what the address is for, a stable word, see `AddressClass`.
    case sinkAddressesRefused = "portarium_sink_addresses_refused_total"

    /// `outcome` (`carried`, `passed-over`): records that were read for subscriptions whose sink is a topic, where the
    /// log routes by itself.
    case routedRecords = "portarium_routed_records_total"
    case routeFailures = "portarium_route_failures_total"

    /// `outcome` (`parked`, `failed`): data on their way into the object store.
    case parkedEvents = "portarium_parked_events_total"
    /// Bytes of data that were put into the object store.
    case parkedBytes = "portarium_parked_bytes_total"
    /// `outcome` (`fetched`, `failed`, `lost`): data on their way out of the object store.
    case parkedFetches = "portarium_parked_fetches_total"

    /// `reason`: a stable name.
    case deadLetters = "portarium_dead_letters_total"
    /// Times that a subscription was suspended because its tenant had as many dead letters as it may.
    case deadLettersRefused = "portarium_dead_letters_refused_total"
    case deadLetterWriteFailures = "portarium_dead_letter_write_failures_total"
    case replaysRunning = "portarium_replays_running"
    case replayedEvents = "portarium_replayed_events_total"
    case attemptsUnrecorded = "portarium_attempts_unrecorded_total"

    case spansExported = "portarium_spans_exported_total"
    /// `reason`: a stable word, see `DroppedSpans`.
    case spansDropped = "portarium_spans_dropped_total"
    case spansQueued = "portarium_spans_queued"
    case spanExportRetries = "portarium_span_export_retries_total"

    /// `version`; always 1.
    case buildInfo = "portarium_build_info"

    /// `metric`. Label sets that found no place of their own in a metric.
    case metricSeriesOverflow = "portarium_metric_series_overflow_total"
    /// Instruments that could not be shown: their name is taken by another kind, or there are too many metrics.
    case metricConflicts = "portarium_metric_conflicts_total"

    case processResidentMemory = "process_resident_memory_bytes"
    case processVirtualMemory = "process_virtual_memory_bytes"
    case processCPU = "process_cpu_seconds_total"
    case processStartTime = "process_start_time_seconds"
    case processOpenFileDescriptors = "process_open_fds"
    /// File descriptors that the process may have open, its soft limit.
    case processFileDescriptorsMax = "process_max_fds"
    case processThreads = "process_threads"
}

extension MetricName {
    /// What the metric is.
    public var kind: MetricKind {
        switch self {
        case .ingressEvents, .ingressBytes, .ingressRefused, .accessRefused, .webhooks, .webhookDeliveriesForgotten,
            .webhooksSpooled, .webhooksDrained, .webhookSpoolRefused,
            .eventTypeViolations, .logAppendedRecords, .logAppendFailures,
            .fetchedRecords, .invalidRecords, .invalidRecordsUnkept, .commitFailures, .subscriptionLostRecords,
            .deliveryAttempts, .deliveryEvents, .sinkAddressesRefused, .routedRecords, .routeFailures, .parkedEvents,
            .parkedBytes, .parkedFetches, .deadLetters, .deadLettersRefused, .deadLetterWriteFailures, .replayedEvents,
            .attemptsUnrecorded,
            .spansExported, .spansDropped, .spanExportRetries,
            .metricSeriesOverflow, .metricConflicts, .processCPU:
            .counter
        case .ingressDuration, .logAppendDuration, .logBatchRecords, .deliveryDuration, .deliveryEndToEndDuration:
            .histogram
        case .ingressInFlight, .tenantsMetered, .webhookDeliveriesRemembered, .webhookSpoolDeliveries,
            .webhookSpoolBytes, .webhookSpoolOldestAge, .webhookSpoolSetAside, .eventTypesJudged, .logQueuedRecords,
            .logQueuedBytes, .logEndOffset,
            .tailPosition, .indexLag,
            .subscriptionLag, .subscriptions, .deliveryInFlight, .deliveryHeldRecords, .deliveryHeldBytes,
            .deliveryRetriesScheduled, .deliveryCircuitsOpen, .replaysRunning, .spansQueued, .buildInfo,
            .processResidentMemory,
            .processVirtualMemory, .processStartTime, .processOpenFileDescriptors, .processFileDescriptorsMax,
            .processThreads:
            .gauge
        }
    }

    /// One sentence for people.
    public var help: String {
        switch self {
        case .ingressEvents, .ingressBytes, .ingressRefused, .accessRefused, .ingressDuration, .ingressInFlight,
            .eventTypeViolations, .eventTypesJudged:
            self.helpOfIngress
        case .tenantsMetered, .deadLetters, .deadLettersRefused, .deadLetterWriteFailures: self.helpOfTenants
        case .webhooks, .webhookDeliveriesRemembered, .webhookDeliveriesForgotten, .webhookSpoolDeliveries,
            .webhookSpoolBytes, .webhookSpoolOldestAge, .webhookSpoolSetAside, .webhooksSpooled, .webhooksDrained,
            .webhookSpoolRefused:
            self.helpOfWebhooks
        case .logAppendedRecords: "Records appended to the log."
        case .logAppendDuration: "How long one synced append took."
        case .logAppendFailures: "Synced appends that failed."
        case .logQueuedRecords: "Records that wait to be appended."
        case .logQueuedBytes: "Bytes that wait to be appended."
        case .logBatchRecords: "Records per synced append."
        case .logEndOffset: "The offset that the next record of a partition will get."
        case .tailPosition: "The offset that the tail of a partition reads next."
        case .fetchedRecords: "Records read from the log for delivery."
        case .invalidRecords: "Records of event topics that are no events."
        case .invalidRecordsUnkept: "Records that are no events and that the channel for them could not take."
        case .commitFailures: "Commits of positions that failed; they are tried again."
        case .subscriptionLag: "Records that were not read for a subscription yet or are not settled."
        case .indexLag: "Records that the index does not have yet; searches find them in the log."
        case .subscriptions: "Subscriptions by status."
        case .subscriptionLostRecords: "Records that retention removed before a subscription read them."
        case .deliveryAttempts: "Attempts to deliver, by what came of them."
        case .deliveryEvents: "Events whose fate for a subscription is settled, by fate."
        case .deliveryDuration: "How long one attempt took."
        case .deliveryInFlight: "Attempts that are not answered yet."
        case .deliveryHeldRecords: "Records in memory on their way to sinks."
        case .deliveryHeldBytes: "Bytes of records in memory on their way to sinks."
        case .deliveryRetriesScheduled: "Deliveries that wait for their next attempt."
        case .deliveryCircuitsOpen: "Destinations that are given a rest."
        case .deliveryEndToEndDuration: "From a record's append to its delivery."
        case .sinkAddressesRefused: "Attempts that were not made because their sink's address is not allowed."
        case .routedRecords: "Records read for subscriptions to topics, by whether the subscription wanted them."
        case .routeFailures: "Transactions of routes that were taken back; they are tried again."
        case .parkedEvents: "Events whose data were parked in the object store, or could not be."
        case .parkedBytes: "Bytes of data put into the object store."
        case .parkedFetches: "Parked data that were fetched, could not be for now, or are gone."
        case .replaysRunning: "Replays that are running."
        case .replayedEvents: "Events delivered by replays."
        case .attemptsUnrecorded: "Attempts that are missing in traces because the log did not keep up."
        case .spansExported: "Spans that the collector took."
        case .spansDropped: "Spans that never came to the collector, by why."
        case .spansQueued: "Spans that wait to be sent."
        case .spanExportRetries: "Requests to the collector that were made again."
        case .buildInfo: "The version that runs."
        case .metricSeriesOverflow: "Label sets counted under the shared overflow series of their metric."
        case .metricConflicts: "Instruments left out of the exposition."
        case .processResidentMemory, .processVirtualMemory, .processCPU, .processStartTime,
            .processOpenFileDescriptors, .processFileDescriptorsMax, .processThreads:
            self.processHelp
        }
    }

    /// Of what tenants have limits of.
    private var helpOfTenants: String {
        switch self {
        case .tenantsMetered: "Tenants whose rates are counted, because they sent something lately."
        case .deadLetters: "Events written to the dead letters."
        case .deadLettersRefused: "Dead letters that were not written because their tenant has as many as it may."
        default: "Dead letters that the log could not take; they are tried again."
        }
    }

    /// The same of the process, in the words of Prometheus's own clients.
    private var processHelp: String {
        switch self {
        case .processResidentMemory: "Resident memory size in bytes."
        case .processVirtualMemory: "Virtual memory size in bytes."
        case .processCPU: "Total user and system CPU time spent in seconds."
        case .processStartTime: "Start time of the process since unix epoch in seconds."
        case .processOpenFileDescriptors: "Number of open file descriptors."
        case .processFileDescriptorsMax: "Maximum number of open file descriptors."
        default: "Number of threads."
        }
    }
}
