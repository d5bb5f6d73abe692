// Command front answers over HTTP and asks counter over gRPC.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"front/pb"
)

const (
	// Shorter than the 30 seconds after which a cluster kills.
	grace = 15 * time.Second
	// How long counter may take; the deadline travels with the call.
	patience = 3 * time.Second
)

type front struct {
	counter pb.CounterClient
	replica string
	log     *slog.Logger
}

type answer struct {
	Word    string `json:"word"`
	Letters int32  `json:"letters"`
	Front   string `json:"front"`
	Counter string `json:"counter"`
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	word := r.URL.Query().Get("word")
	if word == "" {
		word = "opta"
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	reply, err := f.counter.Count(ctx, &pb.CountRequest{Word: word})
	if err != nil {
		f.log.Error("counter failed", "error", err)
		http.Error(w, status.Convert(err).Message(), httpStatus(status.Code(err)))
		return
	}
	w.Header().Set("content-type", "application/json; charset=utf-8")
	if err := json.NewEncoder(w).Encode(answer{word, reply.GetLetters(), f.replica, reply.GetReplica()}); err != nil {
		f.log.Warn("the caller went away", "error", err)
	}
}

// httpStatus is what a caller over HTTP gets for an error of gRPC.
func httpStatus(code codes.Code) int {
	switch code {
	case codes.InvalidArgument:
		return http.StatusBadRequest
	case codes.DeadlineExceeded:
		return http.StatusGatewayTimeout
	default:
		return http.StatusBadGateway
	}
}

func main() {
	replica := replicaName()
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil)).With("service", "front", "replica", replica)
	if err := run(replica, log); err != nil {
		log.Error("failed", "error", err)
		os.Exit(1)
	}
}

func run(replica string, log *slog.Logger) error {
	target, err := target(os.Getenv("COUNTER_URL"))
	if err != nil {
		return err
	}
	// In the mesh a call is encrypted and balanced on its way, so the service itself speaks plainly to one address.
	connection, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithNoProxy())
	if err != nil {
		return err
	}
	defer connection.Close()

	routes := http.NewServeMux()
	routes.HandleFunc("/live", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("live\n")) })
	routes.HandleFunc("/ready", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ready\n")) })
	routes.Handle("/", &front{counter: pb.NewCounterClient(connection), replica: replica, log: log})
	server := &http.Server{
		Addr:              net.JoinHostPort(or("BIND_ADDRESS", "127.0.0.1"), or("PORT", "8080")),
		Handler:           routes,
		ReadHeaderTimeout: 10 * time.Second,
	}

	stopped, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	ended := make(chan error, 1)
	go func() {
		<-stopped.Done()
		log.Info("stopping")
		ctx, cancel := context.WithTimeout(context.Background(), grace)
		defer cancel()
		ended <- server.Shutdown(ctx)
	}()
	log.Info("ready", "address", server.Addr, "counter", target)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-ended
}

func or(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

// replicaName tells replicas apart: processes by their number, containers by their host name.
func replicaName() string {
	if number := os.Getenv("OPTA_REPLICA"); number != "" {
		return "front-" + number
	}
	host, _ := os.Hostname()
	return host
}
