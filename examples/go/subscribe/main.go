// Subscribe follows the messages that arrive at this node, and prints each as a line of JSON.
//
//	subscribe [unix:///run/swim/swim.sock [TOPIC ...]]
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"strings"

	swim "swimd/api/swim/v1"
	"swimd/sidecar"
)

func show(line map[string]any) {
	if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
		log.Fatal(err)
	}
}

func handle(response *swim.SubscribeResponse) {
	switch kind := response.Kind.(type) {
	case *swim.SubscribeResponse_Messages:
		for _, message := range kind.Messages.Messages {
			show(map[string]any{"message": string(message.Payload), "topic": message.Topic,
				"origin": message.Origin, "sequence": message.Sequence})
		}
	case *swim.SubscribeResponse_Gap: // so many are lost to us: whoever mirrors the sender's state fetches it anew
		show(map[string]any{"gap": kind.Gap.Missed, "origin": kind.Gap.Origin})
	case *swim.SubscribeResponse_Reset_: // the daemon forgot where we were: what was missed is not known
		show(map[string]any{"reset": strings.TrimPrefix(kind.Reset_.Reason.String(), "REASON_")})
	case *swim.SubscribeResponse_Bookmark: // everything that arrived before has been sent
		show(map[string]any{"bookmark": true})
	}
}

func main() {
	ctx := context.Background()
	service := swim.NewMessagingServiceClient(sidecar.Dial())
	var topics []string
	if len(os.Args) > 2 {
		topics = os.Args[2:]
	}
	token := ""
	log.Fatal(sidecar.Forever(ctx, func() (int, error) {
		stream, err := service.Subscribe(ctx, &swim.SubscribeRequest{Topics: topics, ResumeToken: token})
		if err != nil {
			return 0, err
		}
		for responses := 0; ; responses++ {
			response, err := stream.Recv()
			if err != nil {
				return responses, err
			}
			// What came is handled before its token is kept, so that nothing is lost where handling fails. A
			// program that wants to go on after its own restart stores the token with its results.
			handle(response)
			token = response.ResumeToken
		}
	}))
}
