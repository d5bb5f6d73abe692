// Command counter answers over gRPC.
package main

import (
	"context"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"counter/pb"
)

// Shorter than the 30 seconds after which a cluster kills.
const grace = 15 * time.Second

type server struct {
	pb.UnimplementedCounterServer
	replica string
	log     *slog.Logger
}

func (s *server) Count(_ context.Context, request *pb.CountRequest) (*pb.CountReply, error) {
	letters, err := letters(request.GetWord())
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	s.log.Info("counted", "letters", letters)
	return &pb.CountReply{Letters: int32(letters), Replica: s.replica}, nil
}

func main() {
	replica := replicaName()
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil)).With("service", "counter", "replica", replica)
	if err := run(replica, log); err != nil {
		log.Error("failed", "error", err)
		os.Exit(1)
	}
}

func run(replica string, log *slog.Logger) error {
	listener, err := net.Listen("tcp", net.JoinHostPort(or("BIND_ADDRESS", "127.0.0.1"), or("PORT", "50051")))
	if err != nil {
		return err
	}
	grpcServer := grpc.NewServer()
	pb.RegisterCounterServer(grpcServer, &server{replica: replica, log: log})
	health := health.NewServer()
	healthpb.RegisterHealthServer(grpcServer, health)

	stopped, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	go func() {
		<-stopped.Done()
		log.Info("stopping")
		health.Shutdown()
		// Calls under way are answered; after the grace time they are cut off.
		timer := time.AfterFunc(grace, grpcServer.Stop)
		defer timer.Stop()
		grpcServer.GracefulStop()
	}()
	log.Info("ready", "address", listener.Addr().String())
	return grpcServer.Serve(listener)
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
		return "counter-" + number
	}
	host, _ := os.Hostname()
	return host
}
