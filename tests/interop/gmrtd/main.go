// Reads the chip in the PC/SC reader with gmrtd. Arguments: [-all] [-maxle N] number birth expiry csca.der.
//
// By default it reads what an inspection needs: EF.SOD, DG1, DG2, and what the chip's proof needs. With -all it leaves
// the choice of files to gmrtd's own reader.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log/slog"
	"os"

	"github.com/ebfe/scard"
	"github.com/gmrtd/gmrtd/activeauth"
	"github.com/gmrtd/gmrtd/bac"
	"github.com/gmrtd/gmrtd/chipauth"
	"github.com/gmrtd/gmrtd/cms"
	"github.com/gmrtd/gmrtd/document"
	"github.com/gmrtd/gmrtd/iso7816"
	"github.com/gmrtd/gmrtd/pace"
	"github.com/gmrtd/gmrtd/password"
	"github.com/gmrtd/gmrtd/reader"
)

const (
	efCardAccess = 0x011C
	efSod        = 0x011D
	firstGroup   = 0x0100
)

var application = []byte{0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01}

type antenna struct{ card *scard.Card }

func (a antenna) Transceive(_ int, _ int, _ int, _ int, _ []byte, _ int, command []byte) []byte {
	answer, err := a.card.Transmit(command)
	must(err)
	return answer
}

type silent struct{}

func (silent) Status(reader.Status) {}

func main() {
	all := flag.Bool("all", false, "read what gmrtd reads by itself")
	maxLe := flag.Int("maxle", 256, "most bytes of one answer")
	flag.Parse()
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	pass, err := password.NewPasswordMrzi(flag.Arg(0), flag.Arg(1), flag.Arg(2))
	must(err)
	certificate, err := os.ReadFile(flag.Arg(3))
	must(err)
	issuers := &cms.GenericCertPool{}
	must(issuers.Add(certificate))

	card := connect()
	defer card.Disconnect(scard.UnpowerCard)
	nfc := iso7816.NewNfcSession(antenna{card})
	nfc.SetMaxLe(*maxLe)
	if *all {
		found, _, err := reader.NewReader(silent{}, nfc, issuers).ReadDocument(pass, nil, nil)
		must(err)
		tell(found, issuers)
		return
	}
	tell(readCommon(nfc, pass), issuers)
}

// readCommon goes gmrtd's own way, with fewer files.
func readCommon(nfc *iso7816.NfcSession, pass *password.Password) *document.DocumentEx {
	found := &document.DocumentEx{}
	doc, session := &found.Document, &found.Session
	var err error
	if content := read(nfc, efCardAccess); content != nil {
		doc.Mf.CardAccess, err = document.NewCardAccess(content)
		must(err)
		session.PaceResult, session.PaceCamResult, session.PaceErr = pace.NewPace(nfc, doc, pass).DoPACE()
	}
	_, err = nfc.SelectAid(application)
	must(err)
	if nfc.SM() == nil {
		session.BacResult, session.BacErr = bac.NewBAC(nfc, doc, pass).DoBAC()
	}
	doc.Mf.Lds1.Sod, err = document.NewSOD(read(nfc, efSod))
	must(err)
	must(doc.NewDG(1, read(nfc, firstGroup+1)))
	if session.PaceCamResult == nil || !session.PaceCamResult.Success {
		proveByKey(nfc, doc, session)
	}
	must(doc.NewDG(2, read(nfc, firstGroup+2)))
	return found
}

// proveByKey runs one proof: Chip Authentication, or Active Authentication where there is no key for it.
func proveByKey(nfc *iso7816.NfcSession, doc *document.Document, session *document.Session) {
	if doc.Mf.Lds1.Sod.HasDgHash(14) {
		must(doc.NewDG(14, read(nfc, firstGroup+14)))
		session.ChipAuthResult, session.ChipAuthErr = chipauth.NewChipAuth(nfc, doc).DoChipAuth()
	}
	proven := session.ChipAuthResult != nil && session.ChipAuthResult.Success
	if !proven && doc.Mf.Lds1.Sod.HasDgHash(15) {
		must(doc.NewDG(15, read(nfc, firstGroup+15)))
		session.ActiveAuthResult, session.ActiveAuthErr = activeauth.NewActiveAuth(nfc, doc).DoActiveAuth()
	}
}

func connect() *scard.Card {
	context, err := scard.EstablishContext()
	must(err)
	readers, err := context.ListReaders()
	must(err)
	card, err := context.Connect(readers[0], scard.ShareShared, scard.ProtocolAny)
	must(err)
	return card
}

func read(nfc *iso7816.NfcSession, file uint16) []byte {
	content, err := nfc.ReadFile(file)
	must(err)
	return content
}

// tell says what came out. PassiveAuth itself looks for issuers by country and knows none called Utopia, so the two halves
// of it are asked for one by one.
func tell(found *document.DocumentEx, issuers cms.CertPool) {
	session, doc := found.Session, &found.Document
	access := "no access"
	if session.PaceResult != nil && session.PaceResult.Success {
		access = fmt.Sprint("PACE ", session.PaceResult.Oid)
	} else if session.BacResult != nil && session.BacResult.Success {
		access = "BAC"
	}
	_, signature := doc.Mf.Lds1.Sod.SD.Verify(issuers)
	fmt.Printf("%s; proof: %v; errors: PACE %v, AA %v, CA %v; EF.SOD: %v; groups: %v", access,
		session.ChipAuthProtocolStatus(), session.PaceErr, session.ActiveAuthErr, session.ChipAuthErr,
		verdict(signature), verdict(compareHashes(doc)))
	if doc.Mf.CardSecurity != nil {
		_, signature = doc.Mf.CardSecurity.SD.Verify(issuers)
		fmt.Printf("; EF.CardSecurity: %v", verdict(signature))
	}
	fmt.Println()
}

func compareHashes(doc *document.Document) error {
	hashes, err := doc.DgHashes()
	for group, hash := range hashes {
		if !bytes.Equal(hash, doc.Mf.Lds1.Sod.DgHash(group)) {
			return fmt.Errorf("DG%d differs", group)
		}
	}
	return err
}

func verdict(err error) string {
	if err != nil {
		return err.Error()
	}
	return "verified"
}

func must(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}
