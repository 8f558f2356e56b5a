import EventDispatch
import EventLog
import Ingress
import NetworkGuard
import SecretSealing
import Webhooks

/// What the rooms of webhooks get of the settings.
extension RouterConfiguration {
    var webhookService: WebhookServiceConfiguration {
        var service = WebhookServiceConfiguration()
        service.endpointTopic = Topic("\(self.log.topicPrefix).webhook-endpoints")
        service.deliveryTopic = Topic("\(self.log.topicPrefix).webhook-deliveries")
        service.endpointsPerTenantMax = self.webhooks.endpointsPerTenantMax
        service.limits = self.ingress.limits
        return service
    }

    var webhookIntake: WebhookIntakeConfiguration {
        var intake = WebhookIntakeConfiguration()
        intake.ingress = self.ingress
        intake.deliveryTopic = self.webhookService.deliveryTopic
        intake.trustedProxies = self.webhooks.trustedProxies
        if !self.webhooks.publicURL.isEmpty { intake.publicURL = self.webhooks.publicURL }
        return intake
    }

    var spoolLimits: SpoolLimits {
        var limits = SpoolLimits()
        limits.bytesMax = self.webhooks.spoolBytesMax
        limits.deliveriesMax = self.webhooks.spoolDeliveriesMax
        limits.patience = Int64(self.webhooks.spoolAfterMilliseconds)
        return limits
    }

    /// Where webhooks are kept that the log does not take.
    var spoolDirectory: String { self.log.dataDirectory + "/spool" }

    /// What secrets are sealed with: the configured keys, else on the embedded log those of a file beside it, which is
    /// made where there is none; nil: none can be kept.
    ///
    /// The embedded log's directory must be there.
    /// - Throws: ``CommandFailure`` where the file cannot be read or made.
    func secretKeyring() throws -> SecretKeyring? {
        do throws(SecretSealingError) {
            if !self.secrets.encryptionKey.isEmpty {
                return try SecretKeyring(self.secrets.encryptionKey.revealed)
            }
            if self.isOnKafka { return nil }
            return try SecretKeyring(try SecretKeyFile.contents(orMake: self.log.dataDirectory + "/secrets.key"))
        } catch {
            throw CommandFailure(.failed, "the key for stored secrets \(error)")
        }
    }
}
