# The HTTP door: pages and metrics as pure functions of a look at the node.
set(here ${CMAKE_CURRENT_LIST_DIR})
swim_test(http_unit_test
  LABELS unit
  SOURCES ${here}/http_health_test.cpp ${here}/http_pages_test.cpp ${here}/http_text_test.cpp ${here}/metrics_test.cpp
    ${here}/process_stats_test.cpp ${here}/status_page_test.cpp
  DEPS swim_server_base prometheus-cpp::core)

# Real sockets on loopback, port 0.
swim_test(http_server_test
  LABELS server
  SOURCES ${here}/http_server_test.cpp ${here}/http_hostile_test.cpp ${here}/http_runtime_test.cpp
  DEPS swim_server_base)

# NOT RUN, exit 77, where promtool (Debian package prometheus) is missing.
find_program(SWIM_PROMTOOL promtool)
add_executable(metrics_print ${here}/metrics_print_main.cpp)
target_link_libraries(metrics_print PRIVATE swim_options swim_server_base prometheus-cpp::core)
add_test(NAME metrics.promtool_check
  COMMAND ${here}/promtool_check.sh ${SWIM_PROMTOOL} $<TARGET_FILE:metrics_print>)
set_tests_properties(metrics.promtool_check PROPERTIES LABELS promtool TIMEOUT 60 SKIP_RETURN_CODE 77)
