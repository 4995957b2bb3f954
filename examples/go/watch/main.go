// Watch keeps a true map of the cluster's members, and prints it as a line of JSON each time it changed.
//
//	watch [unix:///run/swim/swim.sock]
package main

import (
	"context"
	"encoding/json"
	"log"
	"maps"
	"os"
	"strings"

	swim "swimd/api/swim/v1"
	"swimd/sidecar"
)

type memberMap map[string]*swim.Member

// apply keeps the map true. It returns why it changed, or "" where nothing is to be shown.
func (members memberMap) apply(response *swim.WatchMembersResponse) string {
	switch kind := response.Kind.(type) {
	case *swim.WatchMembersResponse_Snapshot:
		if kind.Snapshot.Begin { // forget what you knew: it may be of another run of the daemon
			clear(members)
		}
		for _, member := range kind.Snapshot.Members {
			members[member.Name] = member
		}
		if kind.Snapshot.End { // until the last part the map is not whole: don't act upon it
			return strings.TrimPrefix(kind.Snapshot.Reason.String(), "REASON_")
		}
	case *swim.WatchMembersResponse_Events:
		for _, event := range kind.Events.Events {
			if event.Type == swim.MemberEvent_TYPE_EXPIRED || event.NoLongerMatches { // the latter with a filter only
				delete(members, event.Member.Name)
			} else { // whatever happened, the event carries the member as it is now
				members[event.Member.Name] = event.Member
			}
		}
		return "EVENTS"
	}
	return "" // a bookmark, or something that a newer daemon says
}

type shown struct {
	Status string            `json:"status"`
	UID    string            `json:"uid"`
	Labels map[string]string `json:"labels"`
}

func show(why string, revision uint64, members memberMap) {
	all := map[string]shown{}
	for name, member := range members {
		status := strings.TrimPrefix(member.Status.String(), "MEMBER_STATUS_")
		labels := map[string]string{} // {} and not null where there are none
		maps.Copy(labels, member.Labels)
		all[name] = shown{status, member.Uid, labels}
	}
	line := map[string]any{"why": why, "revision": revision, "members": all}
	if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
		log.Fatal(err)
	}
}

func main() {
	ctx := context.Background()
	service := swim.NewMembershipServiceClient(sidecar.Dial())
	members, token := memberMap{}, ""
	log.Fatal(sidecar.Forever(ctx, func() (int, error) {
		// With the last token nothing is lost and nothing comes twice.
		stream, err := service.WatchMembers(ctx, &swim.WatchMembersRequest{ResumeToken: token})
		if err != nil {
			return 0, err
		}
		for responses := 0; ; responses++ {
			response, err := stream.Recv()
			if err != nil {
				return responses, err
			}
			why := members.apply(response)
			token = response.ResumeToken
			if why != "" {
				show(why, response.Revision, members)
			}
		}
	}))
}
