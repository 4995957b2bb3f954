// Package sidecar has what both programs need to stay with a daemon that may restart.
package sidecar

import (
	"context"
	"log"
	"math/rand/v2"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

const longestPause = 5 * time.Second

// Dial returns a connection to the endpoint in the first argument, or to the daemon's usual socket.
func Dial() *grpc.ClientConn {
	target := "unix:///run/swim/swim.sock"
	if len(os.Args) > 1 {
		target = os.Args[1]
	}
	connection, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()),
		// The daemon is beside us: a call waits for it (WaitForReady), and asks each second or oftener whether it
		// is back. gRPC's own pause between two attempts would grow to two minutes.
		grpc.WithConnectParams(grpc.ConnectParams{MinConnectTimeout: time.Second, Backoff: backoff.Config{
			BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: time.Second}}),
		grpc.WithDefaultCallOptions(grpc.WaitForReady(true), grpc.MaxCallRecvMsgSize(64<<20)))
	if err != nil {
		log.Fatal(err)
	}
	return connection
}

// Forever calls stream again whenever it ends, with a pause that grows while the stream ends without a response
// (stream returns how many it got). It returns only the error that no pause will mend: a wrong request.
func Forever(ctx context.Context, stream func() (responses int, err error)) error {
	pause := 100 * time.Millisecond
	for {
		responses, err := stream()
		if ctx.Err() != nil || status.Code(err) == codes.InvalidArgument {
			return err
		}
		log.Printf("the stream ended: %v", err)
		if responses > 0 {
			pause = 100 * time.Millisecond
		}
		// At random, so that all clients of a daemon that restarted don't come back at the same moment.
		time.Sleep(rand.N(pause))
		pause = min(2*pause, longestPause)
	}
}
