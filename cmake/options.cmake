# Compiler and linker settings that hold for all of our own targets.
find_program(SWIM_CCACHE ccache)
if(SWIM_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${SWIM_CCACHE})
endif()

add_library(swim_options INTERFACE)
target_include_directories(swim_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(swim_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror
  # GCC 12 sees overlapping copies in inlined string concatenation where there are none (GCC bug 105329).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)

if(SWIM_SANITIZE)
  add_compile_options(-fsanitize=${SWIM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SWIM_SANITIZE})
  if(SWIM_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Asio's headers use fences, which GCC says ThreadSanitizer does not follow; nothing of ours relies on them.
    add_compile_options(-Wno-tsan)
  endif()
endif()

find_program(SWIM_MOLD mold)
if(SWIM_MOLD AND NOT SWIM_SANITIZE)
  add_link_options(-fuse-ld=mold)
endif()
