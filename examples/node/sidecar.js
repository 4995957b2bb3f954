// What both programs need to stay with a daemon that may restart.
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const LONGEST_PAUSE = 5000; // milliseconds

/** A client of one of the API's services; the protos are read as they are, no stubs are made. */
export function client(service, file) {
  const definition = protoLoader.loadSync(`swim/v1/${file}.proto`, {
    includeDirs: [fileURLToPath(new URL('../../proto', import.meta.url))],
    keepCase: true, // names as the protos write them
    enums: String, // names instead of numbers
    longs: Number, // revisions and sequences are far below 2^53
    defaults: true,
    oneofs: true, // response.kind says which arm is set
  });
  const { v1 } = grpc.loadPackageDefinition(definition).swim;
  const target = process.argv[2] ?? 'unix:///run/swim/swim.sock';
  return new v1[service](target, grpc.credentials.createInsecure(), {
    // The daemon is beside us: a call waits for it (waitForReady), and asks each second or oftener whether it is back.
    // gRPC's own pause between two attempts would grow to two minutes.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.min_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1000,
    'grpc.max_receive_message_length': -1,
  });
}

/** Opens the stream again whenever it ends, and hands its responses to `take` in order, for ever. */
export async function forever(open, take) {
  const waiting = new grpc.Metadata({ waitForReady: true });
  for (let pause = 100; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    try {
      for await (const response of open(waiting)) {
        take(response);
        pause = 50;
      }
    } catch (error) {
      // No pause will mend a wrong request; and an error of ours is not the daemon's.
      if (error.code === undefined || error.code === grpc.status.INVALID_ARGUMENT) throw error;
      console.error(`the stream ended: ${error.details}`);
    }
    // At random, so that all clients of a daemon that restarted don't come back at the same moment.
    await sleep(Math.random() * pause);
  }
}
