; An installer for one user, without administrator rights.
;   makensis -DVERSION=0.2.0 -DSOURCE=folder-with-retidiff.exe -DOUTPUT=retidiff-setup.exe packaging/windows/retidiff.nsi
Unicode true
!include "MUI2.nsh"
!ifndef VERSION
  !error "give -DVERSION=..."
!endif
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\RetiDiff"
Name "RetiDiff Studio ${VERSION}"
OutFile "${OUTPUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\RetiDiff"
InstallDirRegKey HKCU "Software\RetiDiff" "Folder"
SetCompressor /SOLID lzma

!insertmacro MUI_PAGE_LICENSE "${SOURCE}\LICENSE"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

Section "RetiDiff Studio"
  SetOutPath "$INSTDIR"
  File "${SOURCE}\retidiff.exe"
  File "${SOURCE}\LICENSE"
  File "${SOURCE}\LICENSE-APACHE"
  File "${SOURCE}\LICENSE-MIT"
  File "${SOURCE}\THIRD-PARTY-LICENCES.txt"
  CreateShortcut "$SMPROGRAMS\RetiDiff Studio.lnk" "$INSTDIR\retidiff.exe"
  WriteRegStr HKCU "Software\Classes\.retidiff" "" "RetiDiff.Document"
  WriteRegStr HKCU "Software\Classes\RetiDiff.Document" "" "RetiDiff document"
  WriteRegStr HKCU "Software\Classes\RetiDiff.Document\shell\open\command" "" '"$INSTDIR\retidiff.exe" "%1"'
  WriteRegStr HKCU "Software\RetiDiff" "Folder" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "RetiDiff Studio"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteUninstaller "$INSTDIR\uninstall.exe"
SectionEnd

; Documents, settings and models stay.
Section "Uninstall"
  Delete "$INSTDIR\retidiff.exe"
  Delete "$INSTDIR\LICENSE"
  Delete "$INSTDIR\LICENSE-APACHE"
  Delete "$INSTDIR\LICENSE-MIT"
  Delete "$INSTDIR\THIRD-PARTY-LICENCES.txt"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\RetiDiff Studio.lnk"
  DeleteRegKey HKCU "Software\Classes\RetiDiff.Document"
  DeleteRegKey HKCU "Software\Classes\.retidiff"
  DeleteRegKey HKCU "Software\RetiDiff"
  DeleteRegKey HKCU "${UNINSTALL}"
SectionEnd
