swim_test(server_settings_test
  LABELS unit
  SOURCES server/label_selector_test.cpp server/log_test.cpp server/member_filter_test.cpp server/options_make_test.cpp
    server/resume_token_test.cpp server/settings_docs_test.cpp server/settings_load_test.cpp
    server/settings_types_test.cpp server/sockets_test.cpp server/topic_patterns_test.cpp
  DEPS swim_server_base)
target_compile_definitions(server_settings_test PRIVATE SWIM_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
swim_test(server_api_test
  LABELS unit
  SOURCES server/convert_test.cpp server/member_pages_test.cpp server/status_test.cpp
    server/subscribe_feed_test.cpp server/watch_feed_test.cpp server/watch_filter_test.cpp
  DEPS swim_server)
