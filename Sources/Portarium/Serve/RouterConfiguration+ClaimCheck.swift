import ClaimCheck
import CloudEvents
import Ingress
import ObjectStore

/// What the rooms that park data get of the settings.
extension RouterConfiguration {
    /// The store, where one is configured.
    var s3ObjectStore: S3ObjectStoreConfiguration? {
        guard self.hasObjectStore else { return nil }
        var store = S3ObjectStoreConfiguration(
            endpoint: self.objectStore.endpoint, bucket: self.objectStore.bucket, region: self.objectStore.region,
            accessKeyID: self.objectStore.accessKeyID, secretAccessKey: self.objectStore.secretAccessKey.revealed)
        store.connectTimeoutMilliseconds = Int64(self.objectStore.connectTimeoutMilliseconds)
        store.timeoutMilliseconds = Int64(self.objectStore.timeoutMilliseconds)
        store.attemptsMax = self.objectStore.attemptsMax
        store.connectionsMax = self.objectStore.connectionsMax
        return store
    }

    var claimCheck: ClaimCheckConfiguration {
        ClaimCheckConfiguration(
            keyPrefix: self.objectStore.keyPrefix, thresholdBytes: self.objectStore.thresholdBytes,
            objectBytesMax: self.objectStore.objectBytesMax, eventBytesMax: self.eventBytesMax,
            eventBytesLimit: self.eventBytesLimit, transfersMax: self.objectStore.transfersMax,
            transferBytesMax: self.objectStore.transferBytesMax)
    }

    /// The setting that bounds events in the log.
    private var eventBytesLimit: String {
        self.eventBytesMax < self.limits.eventBytesMax ? "kafka.recordBytesMax" : "limits.eventBytesMax"
    }

    /// What the event endpoint takes. Where data are parked, how large they may be is said when they are.
    var ingress: IngressConfiguration {
        var ingress = IngressConfiguration(limits: self.eventLimits, eventBytesLimit: self.eventBytesLimit)
        ingress.directJudgedBytesMax = self.eventTypes.directBodyBytesMax
        guard self.parksData else { return ingress }
        ingress.limits.eventBytesMax = self.server.bodyBytesMax + self.server.headBytesMax
        ingress.eventBytesLimit = "server.bodyBytesMax"
        ingress.directBodyBytesMax = self.objectStore.thresholdBytes
        return ingress
    }
}
