extension RequestTemplate {
    /// One event in binary mode.
    static func single(type: String, dataBytes: Int, keys: Int, tenant: String? = nil) -> RequestTemplate {
        let body = Self.data(dataBytes)
        let named = Self.tenantLine(tenant)
        let text = """
            POST /v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\nce-specversion: 1.0\r\nce-id: \(Self.number)\r\n\
            ce-source: /bench\r\nce-type: \(type)\r\nce-partitionkey: \(Self.key)\r\nce-subject: bench\r\n\
            content-type: application/json\r\n\(named)content-length: \(body.utf8.count)\r\n\r\n\(body)
            """
        return RequestTemplate(text: text, eventsPerRequest: 1, keys: keys)
    }

    /// Many events in one request, batched mode.
    static func batch(
        type: String, count: Int, dataBytes: Int, keys: Int, tenant: String? = nil
    ) -> RequestTemplate {
        let event = """
            {"specversion":"1.0","id":"\(Self.number)","source":"/bench","type":"\(type)","subject":"bench",\
            "partitionkey":"\(Self.key)","datacontenttype":"application/json","data":\(Self.data(dataBytes))}
            """
        let named = Self.tenantLine(tenant)
        let body = "[" + Array(repeating: event, count: count).joined(separator: ",") + "]"
        let text = """
            POST /v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/cloudevents-batch+json\r\n\
            \(named)content-length: \(body.utf8.count)\r\n\r\n\(body)
            """
        return RequestTemplate(text: text, eventsPerRequest: count, keys: keys)
    }

    private static func tenantLine(_ tenant: String?) -> String { tenant.map { "x-tenant-id: \($0)\r\n" } ?? "" }

    /// JSON of this size with members such as events have.
    static func data(_ bytes: Int) -> String {
        let start = #"{"run":7,"state":"started","labels":["a","b"],"nested":{"attempt":1,"ok":true},"text":""#
        let end = #""}"#
        let padding = max(0, bytes - start.utf8.count - end.utf8.count)
        return start + String(repeating: "lorem ipsum ", count: padding / 12 + 1).prefix(padding) + end
    }
}
