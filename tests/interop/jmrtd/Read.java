import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Security;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.smartcardio.TerminalFactory;
import net.sf.scuba.smartcards.TerminalCardService;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jmrtd.BACKey;
import org.jmrtd.PassportService;
import org.jmrtd.lds.CardAccessFile;
import org.jmrtd.lds.ChipAuthenticationInfo;
import org.jmrtd.lds.ChipAuthenticationPublicKeyInfo;
import org.jmrtd.lds.PACEInfo;
import org.jmrtd.lds.SODFile;
import org.jmrtd.lds.SecurityInfo;
import org.jmrtd.lds.icao.DG14File;
import org.jmrtd.lds.icao.DG15File;

/**
 * Reads the chip in the PC/SC reader with JMRTD: EF.SOD, DG1, DG2, and what the chip's proof needs.
 * Arguments: [-extended] number birth expiry csca.der.
 */
public final class Read {
  private static final int SHORT_BLOCK = PassportService.DEFAULT_MAX_BLOCKSIZE;
  private static final int SHORT_APDU = PassportService.NORMAL_MAX_TRANCEIVE_LENGTH;
  private static final int EXTENDED_BLOCK = 4_000;
  private static final int EXTENDED_APDU = PassportService.EXTENDED_MAX_TRANCEIVE_LENGTH;

  private final PassportService service;
  private final int block;
  private final List<String> did = new ArrayList<>();
  private final Map<Integer, byte[]> groups = new TreeMap<>();
  private boolean proven;

  private Read(boolean extended) throws Exception {
    block = extended ? EXTENDED_BLOCK : SHORT_BLOCK;
    TerminalCardService card = new TerminalCardService(TerminalFactory.getDefault().terminals().list().get(0));
    service = new PassportService(card, extended ? EXTENDED_APDU : SHORT_APDU, block, true, true);
    service.open();
  }

  public static void main(String[] arguments) throws Exception {
    Security.insertProviderAt(new BouncyCastleProvider(), 1);
    boolean extended = arguments[0].equals("-extended");
    int first = extended ? 1 : 0;
    Read reading = new Read(extended);
    try {
      reading.all(new BACKey(arguments[first], arguments[first + 1], arguments[first + 2]));
    } catch (Exception error) {
      reading.did.add("failed: " + error);
    }
    System.out.println(String.join("; ", reading.did));
    System.exit(0); // javax.smartcardio keeps a thread
  }

  private void all(BACKey key) throws Exception {
    boolean opened = openByPace(key);
    service.sendSelectApplet(opened);
    if (!opened) {
      service.doBAC(key);
      did.add("BAC");
    }
    SODFile sod = new SODFile(file(PassportService.EF_SOD));
    if (!proven && sod.getDataGroupHashes().containsKey(14)) {
      proveByChipAuthentication();
    }
    if (!proven && sod.getDataGroupHashes().containsKey(15)) {
      proveByActiveAuthentication();
    }
    groups.put(1, file(PassportService.EF_DG1).readAllBytes());
    groups.put(2, file(PassportService.EF_DG2).readAllBytes());
    did.add("hashes " + hashesMatch(sod));
  }

  private boolean openByPace(BACKey key) throws Exception {
    List<PACEInfo> offers = new ArrayList<>();
    try {
      for (SecurityInfo info : new CardAccessFile(file(PassportService.EF_CARD_ACCESS)).getSecurityInfos()) {
        if (info instanceof PACEInfo) {
          offers.add((PACEInfo) info);
        }
      }
    } catch (Exception error) {
      return false; // a chip without PACE has no such file
    }
    PACEInfo offer = offers.get(0);
    for (PACEInfo other : offers) {
      offer = other.getProtocolOIDString().contains("CAM") ? other : offer;
    }
    // EF.CardSecurity, which the proof of PACE-CAM needs as well, cannot be read: JMRTD asks for it in the clear.
    service.doPACE(key, offer.getObjectIdentifier(), PACEInfo.toParameterSpec(offer.getParameterId()),
        offer.getParameterId());
    did.add(offer.getProtocolOIDString());
    return true;
  }

  private void proveByChipAuthentication() throws Exception {
    groups.put(14, file(PassportService.EF_DG14).readAllBytes());
    Collection<SecurityInfo> infos = new DG14File(new ByteArrayInputStream(groups.get(14))).getSecurityInfos();
    String protocol = null;
    for (SecurityInfo info : infos) {
      protocol = info instanceof ChipAuthenticationInfo ? info.getObjectIdentifier() : protocol;
    }
    for (SecurityInfo info : infos) {
      if (info instanceof ChipAuthenticationPublicKeyInfo && !proven) {
        ChipAuthenticationPublicKeyInfo key = (ChipAuthenticationPublicKeyInfo) info;
        service.doEACCA(key.getKeyId(), protocol, key.getObjectIdentifier(), key.getSubjectPublicKey());
        did.add("CA");
        proven = true; // what is read next confirms it
      }
    }
  }

  private void proveByActiveAuthentication() throws Exception {
    groups.put(15, file(PassportService.EF_DG15).readAllBytes());
    DG15File key = new DG15File(new ByteArrayInputStream(groups.get(15)));
    byte[] challenge = new byte[8];
    new SecureRandom().nextBytes(challenge);
    byte[] response = service.doAA(key.getPublicKey(), "SHA-256", "SHA256withECDSA", challenge).getResponse();
    did.add("AA answered, " + response.length + " B"); // JMRTD leaves it to its caller to verify the signature
    proven = true;
  }

  private boolean hashesMatch(SODFile sod) throws Exception {
    MessageDigest digest = MessageDigest.getInstance(sod.getDigestAlgorithm());
    for (Map.Entry<Integer, byte[]> group : groups.entrySet()) {
      if (!MessageDigest.isEqual(digest.digest(group.getValue()), sod.getDataGroupHashes().get(group.getKey()))) {
        return false;
      }
    }
    return true;
  }

  private InputStream file(short id) throws Exception {
    return service.getInputStream(id, block);
  }
}
