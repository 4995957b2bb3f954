// The bytes of the wire, computed once by an independent implementation (Python's hashlib and
// cryptography) from the description in the headers. A change here is a change of the wire and
// breaks clusters that run two versions.
#include "core/crypto/hello_codec.hpp"
#include "tests/unit/crypto/support.hpp"

namespace swim::crypto::test {
namespace {

constexpr std::uint64_t session = 0x0102030405060708;
constexpr std::uint64_t inbox = 0x1122334455667788;

TEST(Golden, fingerprint_and_key_id) {
  EXPECT_EQ(key_of(1).fingerprint(), "1abc4e101949");
  EXPECT_EQ(key_of(1).id(), 0x1a);
}

TEST(Golden, datagrams) {
  DatagramSealer sender(Keyring(key_of(1)), "prod", counted_from(session));
  EXPECT_EQ(to_hex(seal(sender, "hello", inbox)),
            "531a0102030405060708000000006263287773a84801bb59671f7cf00425b0fc5d7593");
  EXPECT_EQ(to_hex(seal(sender, "hello", inbox)),
            "531a010203040506070800000001838817e77549489c7668bc21cb3fb9b58267919771");
}

TEST(Golden, hellos) {
  SecureStream b = responder();
  EXPECT_EQ(receive(b, from_hex("481a0046000102030405060708090a0befa649806ce42f1e1b891a9ac0afe4d6"
                                "6af9f08536c63514a53bd590164d7b86b2d9c9a19b1379ffa77fac224918317c"
                                "9bb15157a8bc22b1892a")),
            "ok");
  ASSERT_TRUE(b.ready());
  EXPECT_EQ(b.peer().name, "a");
  EXPECT_EQ(b.peer().target, "b");
  EXPECT_EQ(b.peer().boot, 0x1122334455667788U + 0xA1);
  EXPECT_EQ(b.peer().capabilities, 0xC0FFEEU);
  EXPECT_EQ(b.peer().session, 77U);
  EXPECT_EQ(b.peer().random, hello_of("a", 0xA1).random);

  SecureStream a = initiator();
  EXPECT_EQ(receive(a, from_hex("481a0045000102030405060708090a0bffb659907cf43f0e0b990a8ad0bff4c6"
                                "6af9f38536c63514a53bc590164d7b86b2d9c9a19b1379ffa631242d26e18d94"
                                "3640bac01832209afb")),
            "ok");
  ASSERT_TRUE(a.ready());
  EXPECT_EQ(a.peer().name, "b");
}

TEST(Golden, our_hello_has_the_size_of_the_recorded_one) {
  EXPECT_EQ(initiator().take_output().size(), hello_header_size + 0x46);
}

TEST(Golden, frames) {
  StreamPair pair(0xA1, 0xB1);
  EXPECT_EQ(to_hex(StreamPair::frame(pair.a, "hello")),
            "00000015008c11299b7a8b80d3f8048a6ed744d889234051a622");
  EXPECT_EQ(to_hex(StreamPair::frame(pair.a, "bye", true)),
            "0000001301f2c25dda1549ec2d23eb61c5e52d77da97d115");
  EXPECT_EQ(to_hex(StreamPair::frame(pair.b, "", true)),
            "0000001001212238ffdaea12b59f83bb274bda6f63");
}

}  // namespace
}  // namespace swim::crypto::test
