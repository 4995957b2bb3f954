# What gRPC's threads, the engine's and the fan-out's use at once. It needs no gRPC, so that ThreadSanitizer can watch it
# where nothing else of the server is built.
swim_test(server_threads_test
  LABELS unit threads
  SOURCES server/fan_out_test.cpp server/selection_test.cpp
    ${CMAKE_SOURCE_DIR}/server/fan_out.cpp ${CMAKE_SOURCE_DIR}/server/stream_gate.cpp
  DEPS swim_runtime)
