package io.swim.examples;

import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What both programs need to stay with a daemon that may restart. */
final class Sidecar {
  private static final long LONGEST_PAUSE = 5_000; // milliseconds

  private final ManagedChannel channel;

  /** Connects to the endpoint in the first argument, or to the daemon's usual socket. */
  Sidecar(String[] arguments) {
    String target = arguments.length > 0 ? arguments[0] : "unix:///run/swim/swim.sock";
    channel = Grpc.newChannelBuilder(target, InsecureChannelCredentials.create()).maxInboundMessageSize(64 << 20).build();
  }

  Channel channel() {
    return channel;
  }

  /** Opens the stream again whenever it ends, and hands its responses over in order, for ever. */
  <T> void forever(Supplier<Iterator<T>> open, Consumer<T> take) throws InterruptedException {
    for (long pause = 100;; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      Iterator<T> responses = open.get();
      try {
        while (responses.hasNext()) {
          T response = responses.next();
          take.accept(response);
          pause = 50;
        }
      } catch (StatusRuntimeException error) {
        if (error.getStatus().getCode() == Status.Code.INVALID_ARGUMENT) {
          throw error; // no pause will mend the request
        }
        System.err.println("the stream ended: " + error.getStatus());
      }
      // At random, so that all clients of a daemon that restarted don't come back at the same moment.
      Thread.sleep(ThreadLocalRandom.current().nextLong(pause + 1));
      // The daemon is beside us, and this pause is enough: gRPC's own between two attempts would grow to two minutes.
      channel.resetConnectBackoff();
    }
  }
}
