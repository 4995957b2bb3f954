package io.swim.examples;

import com.google.protobuf.Struct;
import io.swim.v1.Member;
import io.swim.v1.MemberEvent;
import io.swim.v1.MembershipServiceGrpc;
import io.swim.v1.WatchMembersRequest;
import io.swim.v1.WatchMembersResponse;
import java.util.Map;
import java.util.TreeMap;

/**
 * Keeps a true map of the cluster's members, and prints it as a line of JSON each time it changed.
 * Argument: the endpoint, by default unix:///run/swim/swim.sock.
 */
public final class Watch {
  private final Map<String, Member> members = new TreeMap<>();
  private String token = "";

  public static void main(String[] arguments) throws InterruptedException {
    new Watch().run(new Sidecar(arguments));
  }

  private void run(Sidecar sidecar) throws InterruptedException {
    var service = MembershipServiceGrpc.newBlockingStub(sidecar.channel());
    // With the last token nothing is lost and nothing comes twice.
    sidecar.forever(() -> service.watchMembers(WatchMembersRequest.newBuilder().setResumeToken(token).build()),
        response -> {
          String why = apply(response);
          token = response.getResumeToken();
          if (!why.isEmpty()) {
            show(why, response.getRevision());
          }
        });
  }

  /** The rules that keep the map true. Returns why it changed, or "" where nothing is to be shown. */
  private String apply(WatchMembersResponse response) {
    switch (response.getKindCase()) {
      case SNAPSHOT -> {
        var snapshot = response.getSnapshot();
        if (snapshot.getBegin()) {
          members.clear(); // forget what you knew: it may be of another run of the daemon
        }
        snapshot.getMembersList().forEach(member -> members.put(member.getName(), member));
        // Until the last part the map is not whole: don't act upon it.
        return snapshot.getEnd() ? snapshot.getReason().name().replace("REASON_", "") : "";
      }
      case EVENTS -> {
        for (MemberEvent event : response.getEvents().getEventsList()) {
          // The latter with a filter only.
          if (event.getType() == MemberEvent.Type.TYPE_EXPIRED || event.getNoLongerMatches()) {
            members.remove(event.getMember().getName());
          } else { // whatever happened, the event carries the member as it is now
            members.put(event.getMember().getName(), event.getMember());
          }
        }
        return "EVENTS";
      }
      default -> {
        return ""; // a bookmark, or something that a newer daemon says
      }
    }
  }

  private void show(String why, long revision) {
    Struct.Builder all = Struct.newBuilder();
    members.forEach((name, member) -> {
      Struct.Builder labels = Struct.newBuilder();
      member.getLabelsMap().forEach((key, value) -> labels.putFields(key, Lines.text(value)));
      all.putFields(name, Lines.object(Struct.newBuilder()
          .putFields("status", Lines.text(member.getStatus().name().replace("MEMBER_STATUS_", "")))
          .putFields("uid", Lines.text(member.getUid()))
          .putFields("labels", Lines.object(labels))));
    });
    Lines.print(Struct.newBuilder().putFields("why", Lines.text(why))
        .putFields("revision", Lines.number(revision)).putFields("members", Lines.object(all)));
  }
}
