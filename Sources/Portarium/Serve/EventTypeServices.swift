import EventDispatch
import EventLog
import EventTypes
import Logging
import Observability

/// The types of events that are registered, and what judges by them.
struct EventTypeServices: Sendable {
    let types: LogEventTypeService
    /// For the ways in. What the router itself has to tell is not judged: no schema can keep it out.
    let check: EventDataCheck

    init(_ configuration: RouterConfiguration, _ log: any EventLog, metrics: PrometheusMetrics, logger: Logger) {
        self.types = LogEventTypeService(configuration: configuration.eventTypeService, log: log, logger: logger)
        self.check = EventDataCheck(
            source: self.types, observer: EventTypeMetrics(factory: metrics, logger: logger),
            stepsPerEventMax: configuration.eventTypes.validationStepsMax)
        metrics.register { [types] in [MetricFamily(.eventTypesJudged, [MetricSample(types.judgedCount)])] }
    }
}

extension RouterConfiguration {
    var eventTypeService: EventTypeServiceConfiguration {
        var service = EventTypeServiceConfiguration()
        service.topic = Topic("\(self.log.topicPrefix).event-types")
        service.schemaBytesMax = self.eventTypes.schemaBytesMax
        service.typesPerTenantMax = self.eventTypes.typesPerTenantMax
        service.versionsMax = self.eventTypes.versionsMax
        service.comparisonStepsMax = self.eventTypes.comparisonStepsMax
        service.validationStepsMax = self.eventTypes.validationStepsMax
        return service
    }
}
