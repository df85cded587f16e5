/** Each message behind its size in four bytes, as the OpenTelemetry Collector's file exporter writes them. */
export function sized(...messages: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    messages.flatMap((message) => {
      const size = Buffer.alloc(4);
      size.writeUInt32BE(message.byteLength);
      return [size, message];
    }),
  );
}
