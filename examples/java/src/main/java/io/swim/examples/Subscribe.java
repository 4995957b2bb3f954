package io.swim.examples;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.swim.v1.MessagingServiceGrpc;
import io.swim.v1.SubscribeRequest;
import io.swim.v1.SubscribeResponse;
import java.util.List;

/**
 * Follows the messages that arrive at this node, and prints each as a line of JSON.
 * Arguments: the endpoint, by default unix:///run/swim/swim.sock; then topics, by default all.
 */
public final class Subscribe {
  private String token = "";

  public static void main(String[] arguments) throws InterruptedException {
    List<String> topics = List.of(arguments).subList(Math.min(1, arguments.length), arguments.length);
    new Subscribe().run(new Sidecar(arguments), topics);
  }

  private void run(Sidecar sidecar, List<String> topics) throws InterruptedException {
    var service = MessagingServiceGrpc.newBlockingStub(sidecar.channel());
    sidecar.forever(
        () -> service.subscribe(SubscribeRequest.newBuilder().addAllTopics(topics).setResumeToken(token).build()),
        response -> {
          // What came is handled before its token is kept, so that nothing is lost where handling fails. A program
          // that wants to go on after its own restart stores the token with its results.
          handle(response);
          token = response.getResumeToken();
        });
  }

  private static void handle(SubscribeResponse response) {
    Struct.Builder line = Struct.newBuilder();
    switch (response.getKindCase()) {
      case MESSAGES -> response.getMessages().getMessagesList().forEach(message -> Lines.print(Struct.newBuilder()
          .putFields("message", Lines.text(message.getPayload().toStringUtf8()))
          .putFields("topic", Lines.text(message.getTopic()))
          .putFields("origin", Lines.text(message.getOrigin()))
          .putFields("sequence", Lines.number(message.getSequence()))));
      // So many are lost to us: whoever mirrors the sender's state fetches it anew.
      case GAP -> Lines.print(line.putFields("gap", Lines.number(response.getGap().getMissed()))
          .putFields("origin", Lines.text(response.getGap().getOrigin())));
      // The daemon forgot where we were: what was missed is not known, fetch everything anew.
      case RESET -> Lines.print(line.putFields("reset",
          Lines.text(response.getReset().getReason().name().replace("REASON_", ""))));
      // Everything that arrived before has been sent.
      case BOOKMARK -> Lines.print(line.putFields("bookmark", Value.newBuilder().setBoolValue(true).build()));
      default -> { } // something that a newer daemon says
    }
  }
}
