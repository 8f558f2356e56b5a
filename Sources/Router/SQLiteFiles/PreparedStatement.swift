import GRDB
import GRDBSQLite

/// A prepared statement, stepped without a copy of what is bound.
///
/// Belongs to the serial queue of its connection, as the connection does.
package final class PreparedStatement {
    @usableFromInline let handle: OpaquePointer

    package init(_ connection: OpaquePointer, _ sql: String) throws {
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else { throw DatabaseError.ofConnection(connection, code, sql) }
        self.handle = handle
    }

    deinit { sqlite3_finalize(self.handle) }

    /// Binds integers to the parameters from 1 on.
    @inlinable @inline(__always)
    package func bind(_ values: Int64...) {
        for (index, value) in values.enumerated() { sqlite3_bind_int64(self.handle, Int32(index + 1), value) }
    }

    @inlinable @inline(__always)
    package func bind(_ value: Int64, at index: Int32) {
        sqlite3_bind_int64(self.handle, index, value)
    }

    package func bind(_ value: Int64?, at index: Int32) {
        if let value { sqlite3_bind_int64(self.handle, index, value) } else { sqlite3_bind_null(self.handle, index) }
    }

    /// Binds a text, copied.
    package func bind(_ text: String, at index: Int32) {
        var text = text
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        text.withUTF8 { bytes in
            _ = bytes.withMemoryRebound(to: CChar.self) { characters in
                // An empty text has no address, and NULL is not the empty text.
                sqlite3_bind_text(
                    self.handle, index, characters.baseAddress ?? UnsafePointer(bitPattern: 1), Int32(characters.count),
                    transient)
            }
        }
    }

    /// Binds bytes that must stay where they are until the statement has been stepped; nil is NULL.
    @inlinable @inline(__always)
    package func bindUncopied(_ bytes: UnsafeRawBufferPointer?, at index: Int32) {
        guard let bytes else {
            sqlite3_bind_null(self.handle, index)
            return
        }
        if bytes.count > 0, let start = bytes.baseAddress {
            sqlite3_bind_blob(self.handle, index, start, Int32(bytes.count), nil)
        } else {
            sqlite3_bind_zeroblob(self.handle, index, 0)
        }
    }

    /// Steps to the next row; false at the end, where the statement is reset.
    @inlinable @inline(__always)
    package func step() throws -> Bool {
        let code = sqlite3_step(self.handle)
        if code == SQLITE_ROW { return true }
        sqlite3_reset(self.handle)
        if code == SQLITE_DONE { return false }
        throw DatabaseError.ofConnection(sqlite3_db_handle(self.handle), code, self.text)
    }

    /// Steps a statement without rows.
    @inlinable @inline(__always)
    package func run() throws {
        while try self.step() {}
    }

    package func reset() { sqlite3_reset(self.handle) }

    @inlinable @inline(__always)
    package func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(self.handle, column) }

    @inlinable @inline(__always)
    package func isNull(_ column: Int32) -> Bool { sqlite3_column_type(self.handle, column) == SQLITE_NULL }

    /// The bytes of a column, nil for NULL; valid until the next step or reset.
    @inlinable @inline(__always)
    package func bytes(_ column: Int32) -> UnsafeRawBufferPointer? {
        if self.isNull(column) { return nil }
        let start = sqlite3_column_blob(self.handle, column)
        return UnsafeRawBufferPointer(
            start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(self.handle, column)))
    }

    package func text(_ column: Int32) -> String {
        self.bytes(column).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    @usableFromInline var text: String { sqlite3_sql(self.handle).map { String(cString: $0) } ?? "" }
}

extension DatabaseError {
    @usableFromInline static func ofConnection(
        _ connection: OpaquePointer?, _ code: Int32, _ sql: String
    ) -> DatabaseError {
        let message = connection.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) }
        return DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: sql)
    }
}
